import { accountMutations } from './account-mutations';
import { queries } from './queries';
import { shopMutations } from './shop-mutations';

/** All root fields of the API schema. */
export const rootFields = { ...queries, ...accountMutations, ...shopMutations };

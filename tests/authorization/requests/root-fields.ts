import { accountMutations } from './account-mutations';
import { queries } from './queries';
import { shopMutations } from './shop-mutations';

/** The public graph. */
export const rootFields = { ...queries, ...accountMutations, ...shopMutations };

import type { QueryResolvers } from '../../generated/schema';
import { requireAccount } from '../require-account';

export const me: QueryResolvers['me'] = (_parent, _args, context) => requireAccount(context);

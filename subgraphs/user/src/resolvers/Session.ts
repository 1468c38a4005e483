import type { SessionResolvers } from '../generated/schema';

export const Session: SessionResolvers = {
  current: ({ id }, _args, { viewer }) => viewer.kind === 'user' && viewer.sessionId === id,
};

import DataLoader from 'dataloader';
import type { Session } from './session.entity';
import type { SessionRepository } from './session.repository';

/** Open sessions by user id, newest first; one statement for all users of a request. */
export function createOpenSessionsLoader(sessions: SessionRepository): DataLoader<string, Session[]> {
  return new DataLoader(async (userIds) => {
    const open = await sessions.findOpenByUserIds(userIds);
    const byUserId = Map.groupBy(open, (session) => session.userId);
    return userIds.map((userId) => byUserId.get(userId) ?? []);
  });
}

import { RestMeDocument, RestRevokeSessionDocument, RestSessionsDocument } from '../generated/operations';
import { RestProblem } from '../http/problem';
import { defineRoute } from '../http/route';
import { required } from '../shapes/shape';
import { openSessions, toOpenSession, toUser, user } from '../shapes/user';

const ofMe = { tag: 'me', access: 'signed_in' } as const;

const getMe = defineRoute({
  ...ofMe,
  method: 'GET',
  path: '/v1/me',
  operationId: 'getMe',
  summary: 'The logged-in user',
  responses: { 200: { description: 'The user of the access token.', body: user } },
  failures: [],
  async handle({ run }) {
    const { me } = await run(RestMeDocument, {});
    return { status: 200, body: toUser(required(me, 'me')) };
  },
});

const listSessions = defineRoute({
  ...ofMe,
  method: 'GET',
  path: '/v1/me/sessions',
  operationId: 'listSessions',
  summary: 'Open sessions, newest first',
  responses: { 200: { description: 'Every open session.', body: openSessions } },
  failures: [],
  async handle({ run }) {
    const { me } = await run(RestSessionsDocument, {});
    return { status: 200, body: { data: required(me, 'me').sessions.map(toOpenSession) } };
  },
});

const endSession = defineRoute({
  ...ofMe,
  method: 'DELETE',
  path: '/v1/me/sessions/:id',
  operationId: 'endSession',
  summary: 'End one of the open sessions',
  responses: { 204: { description: 'Ended: its refresh token is no longer valid.' } },
  failures: ['session_not_found'],
  async handle({ id, run }) {
    const { revokeSession: isEnded } = await run(RestRevokeSessionDocument, { id });
    if (!required(isEnded, 'revokeSession'))
      throw new RestProblem('session_not_found', 'You have no open session with this id.');
    return { status: 204 };
  },
});

export const meRoutes = [getMe, listSessions, endSession];

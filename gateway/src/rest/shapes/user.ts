import { z } from 'zod';
import type {
  AuthSessionFieldsFragment,
  RestSessionsQuery,
  UserFieldsFragment,
} from '../generated/operations';
import { id, instant, named } from './shape';

export const user = named(
  'User',
  z.object({
    id,
    email: z.string(),
    role: z.enum(['CUSTOMER', 'ADMIN']),
    created_at: instant,
    updated_at: instant,
  }),
);

export const session = named(
  'Session',
  z.object({
    user,
    access_token: z.string().describe('JWT for "Authorization: Bearer …".'),
    refresh_token: z.string().describe('Exchanged once, by /v1/auth/refresh, for the next one.'),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('Seconds until the access token expires.'),
  }),
);

export const openSession = named(
  'OpenSession',
  z.object({
    id,
    created_at: instant,
    last_used_at: instant,
    expires_at: instant,
    user_agent: z.string().nullable(),
    current: z.boolean().describe('Whether this request came with its access token.'),
  }),
);

export const openSessions = named('OpenSessions', z.object({ data: z.array(openSession) }));

export function toUser(fields: UserFieldsFragment): z.infer<typeof user> {
  return {
    id: fields.id,
    email: fields.email,
    role: fields.role,
    created_at: fields.createdAt,
    updated_at: fields.updatedAt,
  };
}

export function toSession(fields: AuthSessionFieldsFragment): z.infer<typeof session> {
  return {
    user: toUser(fields.user),
    access_token: fields.accessToken,
    refresh_token: fields.refreshToken,
    token_type: 'Bearer',
    expires_in: fields.expiresInSeconds,
  };
}

export function toOpenSession(
  fields: NonNullable<RestSessionsQuery['me']>['sessions'][number],
): z.infer<typeof openSession> {
  return {
    id: fields.id,
    created_at: fields.createdAt,
    last_used_at: fields.lastUsedAt,
    expires_at: fields.expiresAt,
    user_agent: fields.userAgent,
    current: fields.current,
  };
}

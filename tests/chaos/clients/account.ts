import { randomUUID } from 'node:crypto';
import type { SendRequest, ShopAnswer, ShopRequest } from './request';

interface Credentials {
  email: string;
  password: string;
}

/** A person of the shop who stays signed in. */
export interface Account {
  userId: string;
  /** Sends as this person; a token that has expired is renewed first. */
  send(request: ShopRequest): Promise<ShopAnswer>;
}

export async function registerAccount(send: SendRequest): Promise<Account> {
  const credentials = { email: `chaos-${randomUUID()}@example.com`, password: 'P@ssw0rd' };
  return signIn(send, credentials, '/v1/auth/register');
}

export function signInAs(send: SendRequest, credentials: Credentials): Promise<Account> {
  return signIn(send, credentials, '/v1/auth/login');
}

async function signIn(send: SendRequest, credentials: Credentials, path: string): Promise<Account> {
  const { email, password } = credentials;
  const open = (at: string) => send({ method: 'POST', path: at, body: { email, password } });
  const session = await open(path);
  if (session.status !== 200 && session.status !== 201)
    throw new Error(`${email} was not let in: ${session.status} ${session.code}`);
  let token = String(session.body['access_token']);
  return {
    userId: (session.body['user'] as { id: string }).id,
    async send(request) {
      const answer = await send({ ...request, token });
      if (answer.status !== 401) return answer;
      const renewed = await open('/v1/auth/login');
      if (renewed.status !== 200) return answer;
      token = String(renewed.body['access_token']);
      return send({ ...request, token });
    },
  };
}

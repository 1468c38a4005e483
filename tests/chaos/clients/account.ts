import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SendRequest, ShopResponse, ShopRequest } from './request';

interface Credentials {
  email: string;
  password: string;
}

const longestWaitTries = 30;
const busyPauseMs = 500;

/** A person of the shop who stays signed in. */
export interface Account {
  userId: string;
  /** Sends as this person; a token that has expired is renewed first. */
  send(request: ShopRequest): Promise<ShopResponse>;
}

/** Asks again while the shop is too busy. */
export async function registerAccount(send: SendRequest): Promise<Account> {
  const credentials = { email: `chaos-${randomUUID()}@example.com`, password: 'P@ssw0rd' };
  for (let tries = 1; ; tries += 1) {
    const { status, code } = await send({ method: 'POST', path: '/v1/auth/register', body: credentials });
    // Taken: by ourselves, the answer was lost.
    if (status === 201 || code === 'email_taken') return signInAs(send, credentials);
    if (tries === longestWaitTries) throw new Error(`no account was registered: ${status} ${code}`);
    await pause(busyPauseMs);
  }
}

/** Asks again while the shop is too busy. */
export async function signInAs(send: SendRequest, { email, password }: Credentials): Promise<Account> {
  const open = () => send({ method: 'POST', path: '/v1/auth/login', body: { email, password } });
  let session = await open();
  for (let tries = 1; session.status !== 200; tries += 1) {
    if (tries === longestWaitTries)
      throw new Error(`${email} was not let in: ${session.status} ${session.code}`);
    await pause(busyPauseMs);
    session = await open();
  }
  let token = String(session.body['access_token']);
  return {
    userId: (session.body['user'] as { id: string }).id,
    async send(request) {
      const response = await send({ ...request, token });
      if (response.status !== 401) return response;
      const renewed = await open();
      if (renewed.status !== 200) return response;
      token = String(renewed.body['access_token']);
      return send({ ...request, token });
    },
  };
}

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SendRequest, ShopResponse, ShopRequest } from './request';

interface Credentials {
  email: string;
  password: string;
}

const maxTries = 30;
const busyPauseMs = 500;

/** A user with a session. */
export interface Account {
  userId: string;
  /** Sends with the account's access token. After a 401 it logs in again and repeats the request. */
  send(request: ShopRequest): Promise<ShopResponse>;
}

/** Registers a new account; retries while the shop is overloaded. */
export async function registerAccount(send: SendRequest): Promise<Account> {
  const credentials = { email: `chaos-${randomUUID()}@example.com`, password: `Chaos-${randomUUID()}` };
  for (let tries = 1; ; tries += 1) {
    const { status, code } = await send({ method: 'POST', path: '/v1/auth/register', body: credentials });
    // A previous try registered it, and its response was lost.
    if (status === 201 || code === 'email_taken') return logInAs(send, credentials);
    if (tries === maxTries)
      throw new Error(`the registration failed ${maxTries} times, last with ${status} ${code}`);
    await pause(busyPauseMs);
  }
}

/** Logs in; retries while the shop is overloaded. */
export async function logInAs(send: SendRequest, { email, password }: Credentials): Promise<Account> {
  const open = () => send({ method: 'POST', path: '/v1/auth/login', body: { email, password } });
  let session = await open();
  for (let tries = 1; session.status !== 200; tries += 1) {
    if (tries === maxTries)
      throw new Error(
        `the login of ${email} failed ${maxTries} times, last with ${session.status} ${session.code}`,
      );
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

import { randomUUID } from 'node:crypto';
import type { SendRequest } from '../clients/request';
import { findingOf } from '../report/finding';
import type { Phase } from './phase';

const usesAtOnce = 50;

/** A stolen refresh token is used by many at the same moment. */
export const refreshTheftPhase: Phase = async ({ shop: openShop }) => {
  const { send } = await openShop();
  const body = { email: `chaos-${randomUUID()}@example.com`, password: 'P@ssw0rd' };
  const session = await send({ method: 'POST', path: '/v1/auth/register', body });
  const stolen = String(session.body['refresh_token']);
  const answers = await Promise.all(Array.from({ length: usesAtOnce }, () => refresh(send, stolen)));
  const rotations = answers.filter(({ status }) => status === 200);
  const refusals = answers.filter(({ status }) => status === 401);
  const successor = String(rotations[0]?.body['refresh_token']);
  const afterwards = await refresh(send, successor);
  const isContained =
    rotations.length === 1 && refusals.length === usesAtOnce - 1 && afterwards.status === 401;
  return {
    findings: [
      findingOf(
        'refresh theft contained',
        `${usesAtOnce} parallel uses of one refresh token: ${rotations.length} rotation, ${refusals.length} refused, its successor then answers ${afterwards.status}`,
        isContained ? [] : answers.map(({ status, code }) => `${status} ${code ?? ''}`),
      ),
    ],
  };
};

function refresh(send: SendRequest, token: string) {
  return send({ method: 'POST', path: '/v1/auth/refresh', body: { refresh_token: token } });
}

import { randomUUID } from 'node:crypto';
import { createServiceCredentialVerifier, createTokenVerifier, remoteJwks } from '@shop/kit/auth';
import { serviceCredential, testKeys, userToken } from '@shop/testkit/keys';

const issuer = 'supergraph-shop';

test('a user token passes the verification of a subgraph with keys fetched over HTTP', async () => {
  const userId = randomUUID();
  const keys = remoteJwks(testKeys().jwksUrl);
  const verifier = createTokenVerifier({ keys, issuer, audience: issuer, roles: ['ADMIN'] });

  const viewer = await verifier.verify(userToken({ userId, role: 'ADMIN' }));

  expect(viewer).toMatchObject({ userId, role: 'ADMIN' });
});

test('a service credential is valid for its audience only', async () => {
  const { trustFile } = testKeys();
  const credential = serviceCredential('gateway', 'order');

  const callerAt = (service: string) =>
    createServiceCredentialVerifier({ service, trustFile }).callerOf(credential);

  expect(await callerAt('order')).toBe('gateway');
  expect(await callerAt('product')).toBeUndefined();
});

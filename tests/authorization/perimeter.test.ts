import { randomUUID } from 'node:crypto';
import { createServiceCredentials, createTokenSigner, readKeyRing } from '@shop/kit/auth';
import { subgraphNames } from '@shop/local-stack/stack';
import { graphql, rest } from '@shop/testkit/http';
import { serviceCredential, testKeys } from '@shop/testkit/keys';
import { requestGatewayRoute, requestRootField } from './send-request';
import { clients, cellsOf } from './columns';
import { subgraphOf } from './inventory';
import { restRouteMatrix, rootFieldMatrix } from './matrix';
import { rootFields } from './requests/root-fields';
import { restRoutes } from './requests/rest-routes';
import { fieldOf } from './row-names';
import { credentialHeader, openFixture, type Fixture } from './fixture';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

describe.each(subgraphNames)('the subgraph %s', (subgraph) => {
  const requests = [
    ['its schema', '{ _service { sdl } }'],
    ['an entity', '{ _entities(representations: [{ __typename: "User", id: "1" }]) { __typename } }'],
    ['a query', '{ __typename }'],
  ] as const;
  const credentials = {
    'without a credential': () => undefined,
    'with a credential for another subgraph': () =>
      serviceCredential('gateway', subgraph === 'user' ? 'order' : 'user'),
    "with a credential for the gateway signed with another service's key": () =>
      createServiceCredentials({ service: 'gateway', keyFile: testKeys().keyFileOf('order') }).for(subgraph),
    "with an admin's access token as the credential": () => fixture.accounts.admin.token,
  };
  const send = (query: string, credential: string | undefined) =>
    graphql(fixture.stack.services[subgraph].url)(query, {
      token: fixture.accounts.admin.token,
      headers: credential === undefined ? {} : { 'x-service-authorization': `Bearer ${credential}` },
    });

  describe.each(Object.entries(credentials))('%s', (_title, credential) => {
    test.each(requests)('rejects %s', async (_name, query) => {
      const { status, body } = await send(query, credential());

      expect({ status, code: body.errors?.[0]?.extensions?.['code'], data: body.data }).toEqual({
        status: 401,
        code: 'UNAUTHENTICATED',
        data: undefined,
      });
    });
  });

  // Shows that the credential is the reason for the rejections above.
  test.each(requests.filter(([name]) => name !== 'an entity'))(
    'returns %s to the gateway',
    async (_name, query) => {
      const { status, body } = await send(query, serviceCredential('gateway', subgraph));

      expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
    },
  );
});

/** Headers that a service behind the gateway could take for the identity of the admin. */
function forgedHeaders(audience: string): Record<string, string> {
  const { id, email } = fixture.accounts.admin;
  return {
    ...credentialHeader('gateway', audience),
    'x-user-id': id,
    'x-user': email,
    'x-user-role': 'ADMIN',
    'x-role': 'ADMIN',
    'x-viewer': JSON.stringify({ kind: 'user', userId: id, role: 'ADMIN' }),
    'x-forwarded-user': id,
    'x-client-address': '127.0.0.1',
    'x-request-began-at': '0',
    'proxy-authorization': `Bearer ${fixture.accounts.admin.token}`,
    cookie: `authorization=Bearer ${fixture.accounts.admin.token}`,
  };
}

describe('identity headers of a client have no effect', () => {
  const isUnprivileged = ([, client]: readonly [string, string, string]) =>
    ['anonymous', 'stranger'].includes(client);

  test.each(cellsOf(rootFieldMatrix, clients).filter(isUnprivileged))(
    '%s, sent by %s: %s',
    async (row, client, expected) => {
      const headers = forgedHeaders(subgraphOf(fieldOf(row)));
      const request = { ...(await rootFields[row](fixture)), headers };

      expect(await requestRootField(fixture, fieldOf(row), client, request)).toBe(expected);
    },
  );

  test.each(cellsOf(restRouteMatrix, clients).filter(isUnprivileged))(
    '%s, sent by %s: %s',
    async (row, client, expected) => {
      const request = await restRoutes[row](fixture);
      const headers = { ...forgedHeaders('user'), ...request.headers };

      expect(await requestGatewayRoute(fixture, row, client, { ...request, headers })).toBe(expected);
    },
  );

  test('x-request-began-at does not extend the lifetime of an access token', async () => {
    const began = { 'x-request-began-at': String(Date.now() - 29_000) };
    const token = tokenThatExpired({ secondsAgo: 75 });
    const query = '{ me { email } }';

    const fromClient = await graphql(fixture.stack.gatewayUrl)(query, { token, headers: began });
    const byRest = await rest(fixture.stack.gatewayUrl)('GET', '/v1/me', { token, headers: began });
    // Subgraphs accept the header from the gateway, which sets it to the start of the request.
    const fromGateway = await graphql(fixture.stack.services.user.url)(query, {
      token,
      headers: { ...credentialHeader('gateway', 'user'), ...began },
    });

    expect(fromClient.body.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
    expect(byRest.status).toBe(401);
    expect(fromGateway.body.data).toEqual({ me: { email: fixture.owner.email } });
  });
});

/** A token of the owner. The leeway for clock skew is 60 s: only an older token is rejected. */
function tokenThatExpired({ secondsAgo }: { secondsAgo: number }): string {
  const { current } = readKeyRing(testKeys().signingKeysDir);
  const signer = createTokenSigner({
    currentKey: () => current,
    issuer: 'supergraph-shop',
    audience: 'supergraph-shop',
    lifetimeSeconds: -secondsAgo,
  });
  return signer.sign({ userId: fixture.owner.id, role: 'CUSTOMER', sessionId: randomUUID() });
}

import { randomUUID } from 'node:crypto';
import { createServiceCredentials, createTokenSigner, readKeyRing } from '@shop/kit/auth';
import { subgraphNames } from '@shop/local-stack/stack';
import { graphql, rest } from '@shop/testkit/http';
import { serviceCredential, testKeys } from '@shop/testkit/keys';
import { askGateway, askRootField } from './ask';
import { bearers, cellsOf } from './columns';
import { subgraphOf } from './inventory';
import { restRouteMatrix, rootFieldMatrix } from './matrix';
import { rootFields } from './questions/root-fields';
import { restRoutes } from './questions/rest-routes';
import { fieldOf } from './row-names';
import { credentialHeader, openScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

describe.each(subgraphNames)('the subgraph %s', (subgraph) => {
  const questions = [
    ['its schema', '{ _service { sdl } }'],
    ['an entity', '{ _entities(representations: [{ __typename: "User", id: "1" }]) { __typename } }'],
    ['a plain query', '{ __typename }'],
  ] as const;
  const proofs = {
    'without a credential': () => undefined,
    'with a credential for another subgraph': () =>
      serviceCredential('gateway', subgraph === 'user' ? 'order' : 'user'),
    "with a credential in the gateway's name by another service": () =>
      createServiceCredentials({ service: 'gateway', keyFile: testKeys().keyFileOf('order') }).for(subgraph),
    "with an admin's access token for a credential": () => scene.people.admin.token,
  };
  const ask = (query: string, credential: string | undefined) =>
    graphql(scene.stack.services[subgraph].url)(query, {
      token: scene.people.admin.token,
      headers: credential === undefined ? {} : { 'x-service-authorization': `Bearer ${credential}` },
    });

  describe.each(Object.entries(proofs))('%s', (_proof, credential) => {
    test.each(questions)('rejects %s', async (_what, query) => {
      const { status, body } = await ask(query, credential());

      expect({ status, code: body.errors?.[0]?.extensions?.['code'], data: body.data }).toEqual({
        status: 401,
        code: 'UNAUTHENTICATED',
        data: undefined,
      });
    });
  });

  // Else the refusals above might have another reason.
  test.each(questions.filter(([what]) => what !== 'an entity'))(
    'returns %s to the gateway',
    async (_what, query) => {
      const { status, body } = await ask(query, serviceCredential('gateway', subgraph));

      expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
    },
  );
});

/** Whatever might say, somewhere behind the gateway, that this is the admin, by way of the gateway. */
function forgedHeaders(audience: string): Record<string, string> {
  const { id, email } = scene.people.admin;
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
    'proxy-authorization': `Bearer ${scene.people.admin.token}`,
    cookie: `authorization=Bearer ${scene.people.admin.token}`,
  };
}

describe('identity headers of a client have no effect', () => {
  const isLowly = ([, bearer]: readonly [string, string, string]) =>
    ['anonymous', 'stranger'].includes(bearer);

  test.each(cellsOf(rootFieldMatrix, bearers).filter(isLowly))(
    '%s, for %s: %s',
    async (row, bearer, expected) => {
      const headers = forgedHeaders(subgraphOf(fieldOf(row)));
      const question = { ...(await rootFields[row](scene)), headers };

      expect(await askRootField(scene, fieldOf(row), bearer, question)).toBe(expected);
    },
  );

  test.each(cellsOf(restRouteMatrix, bearers).filter(isLowly))(
    '%s, for %s: %s',
    async (row, bearer, expected) => {
      const question = await restRoutes[row](scene);
      const headers = { ...forgedHeaders('user'), ...question.headers };

      expect(await askGateway(scene, row, bearer, { ...question, headers })).toBe(expected);
    },
  );

  test('an expired token stays expired, whatever start time the request header states', async () => {
    const began = { 'x-request-began-at': String(Date.now() - 29_000) };
    const token = tokenThatExpired({ secondsAgo: 75 });
    const query = '{ me { email } }';

    const fromClient = await graphql(scene.stack.gatewayUrl)(query, { token, headers: began });
    const byRest = await rest(scene.stack.gatewayUrl)('GET', '/v1/me', { token, headers: began });
    // Of the gateway, which tells when it was asked, it is believed.
    const fromGateway = await graphql(scene.stack.services.user.url)(query, {
      token,
      headers: { ...credentialHeader('gateway', 'user'), ...began },
    });

    expect(fromClient.body.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
    expect(byRest.status).toBe(401);
    expect(fromGateway.body.data).toEqual({ me: { email: scene.owner.email } });
  });
});

/** The owner's. Clocks may differ by a minute, so that one has to be older than that to be refused. */
function tokenThatExpired({ secondsAgo }: { secondsAgo: number }): string {
  const { current } = readKeyRing(testKeys().signingKeysDir);
  const signer = createTokenSigner({
    currentKey: () => current,
    issuer: 'supergraph-shop',
    audience: 'supergraph-shop',
    lifetimeSeconds: -secondsAgo,
  });
  return signer.sign({ userId: scene.owner.id, role: 'CUSTOMER', sessionId: randomUUID() });
}

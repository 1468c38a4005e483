import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { unwrap, openShop, uniqueEmail, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  // The default of 15 s makes the tests slow.
  shop = await openShop({}, {}, { REVOKED_SESSIONS_POLL_MS: '200' });
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)('login, through %s', (api) => {
  test('registers an email once, whatever its case', async () => {
    const storefront = shop.storefronts[api];
    const email = uniqueEmail();
    unwrap(await storefront.register({ email, password: 'P@ssw0rd' }));

    const again = await storefront.register({ email: email.toUpperCase(), password: 'P@ssw0rd' });

    expect(again).toMatchObject({ ok: false, code: 'email_taken' });
  });

  test('returns the same result for an unknown email and a wrong password', async () => {
    const storefront = shop.storefronts[api];
    const email = uniqueEmail();
    unwrap(await storefront.register({ email, password: 'P@ssw0rd' }));

    const wrong = await storefront.login({ email, password: 'wrong password' });
    const unknown = await storefront.login({ email: uniqueEmail(), password: 'P@ssw0rd' });

    expect(wrong).toMatchObject({ ok: false, code: 'invalid_credentials' });
    expect(unknown).toMatchObject({ ok: false, code: 'invalid_credentials' });
  });

  test('refreshes the session', async () => {
    const storefront = shop.storefronts[api];
    const email = uniqueEmail();
    const session = unwrap(await storefront.register({ email, password: 'P@ssw0rd' }));

    const next = unwrap(await storefront.refresh(session.refreshToken));

    expect(next.refreshToken).not.toBe(session.refreshToken);
    expect(unwrap(await storefront.me(next.accessToken)).email).toBe(email);
  });

  test('returns one successor to two tabs that refresh concurrently, and to a client that lost the response', async () => {
    const storefront = shop.storefronts[api];
    const { refreshToken } = unwrap(
      await storefront.register({ email: uniqueEmail(), password: 'P@ssw0rd' }),
    );

    const tabs = await Promise.all([storefront.refresh(refreshToken), storefront.refresh(refreshToken)]);
    const [one, other] = tabs.map(unwrap);
    const again = unwrap(await storefront.refresh(refreshToken));

    expect([other, again]).toEqual([one, one]);
    expect(await storefront.refresh(again.refreshToken)).toMatchObject({ ok: true });
  });

  test('revokes the whole family if a refresh token is reused after its successor was used', async () => {
    const storefront = shop.storefronts[api];
    const session = unwrap(await storefront.register({ email: uniqueEmail(), password: 'P@ssw0rd' }));
    const used = unwrap(await storefront.refresh(session.refreshToken));
    const next = unwrap(await storefront.refresh(used.refreshToken));

    const stolen = await storefront.refresh(session.refreshToken);
    const afterwards = await storefront.refresh(next.refreshToken);

    expect(stolen).toMatchObject({ ok: false, code: 'invalid_refresh_token' });
    expect(afterwards).toMatchObject({ ok: false, code: 'invalid_refresh_token' });
  });

  test('is required to read the viewer', async () => {
    expect(await shop.storefronts[api].me(undefined)).toMatchObject({ ok: false, code: 'unauthenticated' });
    expect(await shop.storefronts[api].me('not.a.token')).toMatchObject({
      ok: false,
      code: 'unauthenticated',
    });
  });
});

describe('an access token of a session that was ended', () => {
  const newSession = async () =>
    unwrap(await shop.storefronts.REST.register({ email: uniqueEmail(), password: 'P@ssw0rd' }));
  /** Of the user subgraph, and of a subgraph that polls revoked sessions. */
  const outcomes = async (token: string) => {
    const responses = [await shop.storefronts.REST.me(token), await shop.storefronts.REST.orders(token)];
    return responses.map((response) => (response.ok ? 'ok' : response.code));
  };

  test('is rejected by every subgraph after a logout; another session of the user stays valid', async () => {
    const email = uniqueEmail();
    const first = unwrap(await shop.storefronts.REST.register({ email, password: 'P@ssw0rd' }));
    const second = unwrap(await shop.storefronts.REST.login({ email, password: 'P@ssw0rd' }));
    expect(await outcomes(first.accessToken)).toEqual(['ok', 'ok']);

    await rest(shop.gatewayUrl)('POST', '/v1/auth/logout', { body: { refresh_token: first.refreshToken } });

    await eventually(async () =>
      expect(await outcomes(first.accessToken)).toEqual(['unauthenticated', 'unauthenticated']),
    );
    expect(await outcomes(second.accessToken)).toEqual(['ok', 'ok']);
  });

  test('is rejected after a used refresh token was reused', async () => {
    const session = await newSession();
    const used = unwrap(await shop.storefronts.REST.refresh(session.refreshToken));
    const next = unwrap(await shop.storefronts.REST.refresh(used.refreshToken));
    await shop.storefronts.REST.refresh(session.refreshToken);

    await eventually(async () =>
      expect(await outcomes(next.accessToken)).toEqual(['unauthenticated', 'unauthenticated']),
    );
  });
});

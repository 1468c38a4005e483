import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { granted, openShop, uniqueEmail, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  // Ended sessions are heard of four times a minute; here, sooner.
  shop = await openShop({}, {}, { REVOKED_SESSIONS_POLL_MS: '200' });
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)('login, through %s', (api) => {
  test('registers an email once, whatever its case', async () => {
    const storefront = shop.storefronts[api];
    const email = uniqueEmail();
    granted(await storefront.register({ email, password: 'P@ssw0rd' }));

    const again = await storefront.register({ email: email.toUpperCase(), password: 'P@ssw0rd' });

    expect(again).toMatchObject({ ok: false, code: 'email_taken' });
  });

  test('returns the same result for an unknown email and a wrong password', async () => {
    const storefront = shop.storefronts[api];
    const email = uniqueEmail();
    granted(await storefront.register({ email, password: 'P@ssw0rd' }));

    const wrong = await storefront.login({ email, password: 'not it, sorry' });
    const unknown = await storefront.login({ email: uniqueEmail(), password: 'P@ssw0rd' });

    expect(wrong).toMatchObject({ ok: false, code: 'invalid_credentials' });
    expect(unknown).toMatchObject({ ok: false, code: 'invalid_credentials' });
  });

  test('refreshes the session', async () => {
    const storefront = shop.storefronts[api];
    const email = uniqueEmail();
    const session = granted(await storefront.register({ email, password: 'P@ssw0rd' }));

    const next = granted(await storefront.refresh(session.refreshToken));

    expect(next.refreshToken).not.toBe(session.refreshToken);
    expect(granted(await storefront.me(next.accessToken)).email).toBe(email);
  });

  test('returns one successor to two tabs that refresh concurrently, and to a client that lost the response', async () => {
    const storefront = shop.storefronts[api];
    const { refreshToken } = granted(
      await storefront.register({ email: uniqueEmail(), password: 'P@ssw0rd' }),
    );

    const tabs = await Promise.all([storefront.refresh(refreshToken), storefront.refresh(refreshToken)]);
    const [one, other] = tabs.map(granted);
    const again = granted(await storefront.refresh(refreshToken));

    expect([other, again]).toEqual([one, one]);
    expect(await storefront.refresh(again.refreshToken)).toMatchObject({ ok: true });
  });

  test('revokes the whole family if a refresh token is reused after its successor was used', async () => {
    const storefront = shop.storefronts[api];
    const session = granted(await storefront.register({ email: uniqueEmail(), password: 'P@ssw0rd' }));
    const used = granted(await storefront.refresh(session.refreshToken));
    const next = granted(await storefront.refresh(used.refreshToken));

    const stolen = await storefront.refresh(session.refreshToken);
    const afterwards = await storefront.refresh(next.refreshToken);

    expect(stolen).toMatchObject({ ok: false, code: 'invalid_refresh_token' });
    expect(afterwards).toMatchObject({ ok: false, code: 'invalid_refresh_token' });
  });

  test('is required where the viewer is read', async () => {
    expect(await shop.storefronts[api].me(undefined)).toMatchObject({ ok: false, code: 'unauthenticated' });
    expect(await shop.storefronts[api].me('not.a.token')).toMatchObject({
      ok: false,
      code: 'unauthenticated',
    });
  });
});

describe('an access token whose session was ended', () => {
  const newSession = async () =>
    granted(await shop.storefronts.REST.register({ email: uniqueEmail(), password: 'P@ssw0rd' }));
  /** By the subgraph that ends sessions, and by one that hears of it. */
  const outcomes = async (token: string) => {
    const responses = [await shop.storefronts.REST.me(token), await shop.storefronts.REST.orders(token)];
    return responses.map((response) => (response.ok ? 'ok' : response.code));
  };

  test('by its owner is rejected by every subgraph; another session of the owner stays valid', async () => {
    const email = uniqueEmail();
    const first = granted(await shop.storefronts.REST.register({ email, password: 'P@ssw0rd' }));
    const second = granted(await shop.storefronts.REST.login({ email, password: 'P@ssw0rd' }));
    expect(await outcomes(first.accessToken)).toEqual(['ok', 'ok']);

    await rest(shop.gatewayUrl)('POST', '/v1/auth/logout', { body: { refresh_token: first.refreshToken } });

    await eventually(async () =>
      expect(await outcomes(first.accessToken)).toEqual(['unauthenticated', 'unauthenticated']),
    );
    expect(await outcomes(second.accessToken)).toEqual(['ok', 'ok']);
  });

  test('because a used refresh token was reused is rejected, too', async () => {
    const session = await newSession();
    const used = granted(await shop.storefronts.REST.refresh(session.refreshToken));
    const next = granted(await shop.storefronts.REST.refresh(used.refreshToken));
    await shop.storefronts.REST.refresh(session.refreshToken);

    await eventually(async () =>
      expect(await outcomes(next.accessToken)).toEqual(['unauthenticated', 'unauthenticated']),
    );
  });
});

import { trustedProxies } from './trusted-proxies';

describe('TRUST_PROXY', () => {
  test('is nobody when it is left out', () => {
    expect(trustedProxies.parse(undefined)).toEqual([]);
  });

  test('takes addresses, networks and the names of private networks', () => {
    expect(trustedProxies.parse('10.0.0.0/8, ::1,uniquelocal')).toEqual(['10.0.0.0/8', '::1', 'uniquelocal']);
  });

  test.each(['2', 'true', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '*'])('refuses %s', (value) => {
    expect(trustedProxies.safeParse(value).success).toBe(false);
  });
});

import { loadSettings } from './config';

const load = (value?: string) =>
  loadSettings({
    SERVICE_KEY_FILE: 'gateway.pem',
    SERVICE_TRUST_FILE: 'trust.json',
    ...(value === undefined ? {} : { TRUST_PROXY: value }),
  }).TRUST_PROXY;

describe('TRUST_PROXY', () => {
  it('is empty by default', () => {
    expect(load()).toEqual([]);
  });

  it('accepts addresses, networks and the names of private networks', () => {
    expect(load('10.0.0.0/8, ::1,uniquelocal,fc00::/7')).toEqual([
      ...['10.0.0.0/8', '::1', 'uniquelocal', 'fc00::/7'],
    ]);
  });

  it.each(['2', 'true', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '*'])('rejects %s', (value) => {
    expect(() => load(value)).toThrow(`TRUST_PROXY=${value} is not valid: addresses and networks of proxies`);
  });
});

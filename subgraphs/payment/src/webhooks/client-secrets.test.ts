import { withoutClientSecrets } from './client-secrets';

describe('withoutClientSecrets', () => {
  it('removes every client secret and changes nothing else', () => {
    const event = (secret: string) =>
      `{"id":"evt_1", "data":{"object":{"client_secret": "${secret}","metadata":{"a":"\\"b"},"next":{"client_secret":"${secret}"}}}}`;
    expect(withoutClientSecrets(event('pi_1_secret_\\"x'))).toBe(event('[removed]'));
    expect(withoutClientSecrets('{"client_secret":null}')).toBe('{"client_secret":null}');
  });
});

import { createLogger } from '@shop/kit/logger';
import { RejectionLog, withoutClientSecrets } from './webhook.service';

describe('withoutClientSecrets', () => {
  it('removes every client secret and changes nothing else', () => {
    const event = (secret: string) =>
      `{"id":"evt_1", "data":{"object":{"client_secret": "${secret}","metadata":{"a":"\\"b"},"next":{"client_secret":"${secret}"}}}}`;
    expect(withoutClientSecrets(event('pi_1_secret_\\"x'))).toBe(event('[removed]'));
    expect(withoutClientSecrets('{"client_secret":null}')).toBe('{"client_secret":null}');
  });

  it.each([
    'https://hooks.stripe.com/3d_secure_2/hosted?merchant=acct_1&payment_intent=pi_1&payment_intent_client_secret=%&source=src_1',
    'https://hooks.stripe.com/redirect/authenticate/src_1?client_secret=%',
  ])('removes the secret in the URL %s', (url) => {
    const event = (secret: string) =>
      `{"next_action":{"redirect_to_url":{"url":"${url.replace('%', secret)}","return_url":"https://shop.example"}}}`;
    expect(withoutClientSecrets(event('pi_3MtwBw_secret_Yrk0zQ9a'))).toBe(event('[removed]'));
    expect(withoutClientSecrets(event('src_client_secret_DKyr2vk'))).toBe(event('[removed]'));
  });
});

it('logs one line for ten thousand forged webhooks', () => {
  const logger = createLogger({ service: 'payment' });
  logger.silent = true;
  const warn = jest.spyOn(logger, 'warn');
  const rejections = new RejectionLog(logger);
  for (let index = 0; index < 10_000; index += 1) rejections.add({ provider: 'simulator', reason: 'forged' });
  expect(warn.mock.calls).toEqual([
    ['webhooks rejected', { provider: 'simulator', reason: 'forged', count: 1 }],
  ]);
});

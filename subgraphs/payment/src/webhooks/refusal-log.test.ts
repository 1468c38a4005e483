import { createLogger } from '@shop/kit/logger';
import { RefusalLog } from './refusal-log';

it('logs one line for ten thousand forged webhooks', () => {
  const logger = createLogger({ service: 'payment' });
  logger.silent = true;
  const warn = jest.spyOn(logger, 'warn');
  const refusals = new RefusalLog(logger);
  for (let index = 0; index < 10_000; index += 1) refusals.add({ provider: 'simulator', reason: 'forged' });
  expect(warn.mock.calls).toEqual([
    ['webhooks rejected', { provider: 'simulator', reason: 'forged', count: 1 }],
  ]);
});

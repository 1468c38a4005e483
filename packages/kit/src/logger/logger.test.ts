import { PassThrough } from 'node:stream';
import winston from 'winston';
import { createLogger } from '.';

function lineOf(error: Error): Record<string, { message: string; stack: string; code: string }> {
  const logger = createLogger({ service: 'test' });
  const stream = new PassThrough();
  logger.clear().add(new winston.transports.Stream({ stream }));
  logger.error('request failed', { error });
  return JSON.parse(String(stream.read())) as ReturnType<typeof lineOf>;
}

const databaseError = (message: string, code: string) => Object.assign(new Error(message), { code });

describe('An error in the log', () => {
  it('contains the message of the database', () => {
    const { error } = lineOf(databaseError('relation "moved" does not exist', '42P01'));
    expect(error).toMatchObject({ message: 'relation "moved" does not exist', code: '42P01' });
  });

  it('does not contain a value that the database rejected', () => {
    const { error } = lineOf(databaseError('invalid input syntax for type integer: "hunter2"', '22P02'));
    expect(error).toMatchObject({
      code: '22P02',
      stack: expect.stringContaining('logger.test.ts') as string,
    });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});

it('logs an error with isAggregated once per window of repeated warnings, and every other error', () => {
  const logger = createLogger({ service: 'test' });
  const stream = new PassThrough();
  logger.clear().add(new winston.transports.Stream({ stream }));
  for (const orderId of ['a', 'b', 'c']) {
    logger.error('provider is not configured', { orderId, isAggregated: true });
    logger.error('order could not be advanced', { orderId });
  }
  const lines = String(stream.read()).trim().split('\n');
  const messages = lines.map((line) => (JSON.parse(line) as { message: string }).message);
  expect(messages.filter((message) => message === 'provider is not configured')).toHaveLength(1);
  expect(messages.filter((message) => message === 'order could not be advanced')).toHaveLength(3);
});

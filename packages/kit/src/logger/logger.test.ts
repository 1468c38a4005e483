import { PassThrough } from 'node:stream';
import winston from 'winston';
import { createLogger, type Logger } from '.';
import { serviceVersion } from '../config/service-environment';
import { runWithRequestContext } from '../request-context';
import { runInTrace } from '../telemetry';

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

/** The entries that `work` logs. */
function entriesOf(work: (logger: Logger) => void): Record<string, unknown>[] {
  const logger = createLogger({ service: 'test' });
  const stream = new PassThrough();
  logger.clear().add(new winston.transports.Stream({ stream }));
  work(logger);
  const lines = String(stream.read()).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('logs an error with isAggregated once per window, and of every other equal error the first 20', () => {
  const entries = entriesOf((logger) => {
    for (let index = 0; index < 30; index += 1) {
      logger.error('provider is not configured', { orderId: String(index), isAggregated: true });
      logger.error('order could not be advanced', { orderId: String(index) });
    }
  });
  const messages = entries.map(({ message }) => message);
  expect(messages.filter((message) => message === 'provider is not configured')).toHaveLength(1);
  expect(messages.filter((message) => message === 'order could not be advanced')).toHaveLength(20);
});

it('adds the service, its version and the IDs of the request and the trace, also with their former names', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const spanId = 'b7ad6b7169203331';
  const [entry] = entriesOf((logger) =>
    runInTrace(`00-${traceId}-${spanId}-01`, () =>
      runWithRequestContext({ requestId: 'r-1' }, () => logger.info('done', { orderId: '1' })),
    ),
  );
  expect(entry).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/) as string,
    ...{ level: 'info', service: 'test', version: serviceVersion(), message: 'done', orderId: '1' },
    ...{ request_id: 'r-1', requestId: 'r-1', trace_id: traceId, span_id: spanId, traceId },
  });
});

it('takes the version from SERVICE_VERSION, or from the package', () => {
  expect(serviceVersion()).toMatch(/^\d+\.\d+\.\d+/);
  process.env['SERVICE_VERSION'] = '9.9.9-test';
  try {
    expect(entriesOf((logger) => logger.info('done'))).toEqual([
      expect.objectContaining({ version: '9.9.9-test' }),
    ]);
  } finally {
    delete process.env['SERVICE_VERSION'];
  }
});

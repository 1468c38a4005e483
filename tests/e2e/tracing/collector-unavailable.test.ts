import { testAdmin } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { otlpEnvironment, startOtlpReceiver } from '@shop/testkit/otlp-receiver';
import { startTestStack } from '@shop/testkit/stack';

/** Nothing listens on it: the port is reserved. */
const closedPort = 'http://127.0.0.1:1';

interface Entry {
  message: string;
  reason?: string;
}

/** Starts a stack that records all requests, uses it until `isReached`, and stops it. @returns its log */
async function useStack(
  env: Record<string, string>,
  isReached: (log: readonly Entry[]) => boolean,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const stack = await startTestStack({
    env: { ...env, LOG_LEVEL: 'info' },
    onLog: (_service, line) => {
      if (line.startsWith('{')) entries.push(JSON.parse(line) as Entry);
    },
  });
  try {
    const send = rest(stack.gatewayUrl);
    await eventually(async () => {
      expect((await send('GET', '/v1/products')).status).toBe(200);
      expect((await send('POST', '/v1/auth/login', { body: testAdmin })).status).toBe(200);
      expect(isReached(entries)).toBe(true);
    });
  } finally {
    await stack.stop();
  }
  return entries;
}

const messagesOf = (entries: readonly Entry[]) => new Set(entries.map(({ message }) => message));

test('a collector that does not respond delays neither requests nor the shutdown', async () => {
  const receiver = await startOtlpReceiver({ isHanging: true });
  const entries = await useStack(receiver.env, () => receiver.requests > 0);
  await receiver.close();
  expect(messagesOf(entries)).toContain('stopping');
  expect(messagesOf(entries)).not.toContain('shutdown timed out');
});

test('an absent collector is reported, and requests are served', async () => {
  const isReported = (log: readonly Entry[]) => messagesOf(log).has('spans could not be exported');
  const entries = await useStack(otlpEnvironment(closedPort), isReported);
  expect(messagesOf(entries)).not.toContain('shutdown timed out');
});

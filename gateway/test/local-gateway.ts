import { createLogger, type Logger } from '@shop/kit/logger';
import type { RunningService } from '@shop/kit/service';
import { serviceEnvironmentFor } from '@shop/testkit/keys';
import { loadSettings } from '../src/config';
import { startGateway } from '../src/service';

const unavailable = 'http://127.0.0.1:9/graphql';

/** For tests that check log entries. */
export function silentLogger(): Logger {
  const logger = createLogger({ service: 'gateway', level: 'error' });
  logger.silent = true;
  return logger;
}

/** A gateway in this process. Its subgraphs are unavailable unless `env` sets their URLs. */
export function startLocalGateway(
  env: Record<string, string> = {},
  logger = silentLogger(),
): Promise<RunningService> {
  const subgraphs = {
    USER_URL: unavailable,
    PRODUCT_URL: unavailable,
    ORDER_URL: unavailable,
    PAYMENT_URL: unavailable,
  };
  // In production the default is a fixed port, which gateways of concurrent tests would share.
  const metrics = env['NODE_ENV'] === 'production' ? { METRICS_PORT: '0' } : {};
  const settings = loadSettings({ ...serviceEnvironmentFor('gateway'), ...subgraphs, ...metrics, ...env });
  return startGateway(settings, logger);
}

/** `startLocalGateway` for the tests of one describe block, with a spy on its error log. */
class LocalGateway {
  readonly logger = silentLogger();
  readonly logged = jest.spyOn(this.logger, 'error');
  private running: RunningService | undefined;

  get url(): string {
    if (!this.running) throw new Error('The gateway is started in beforeAll: use its URL in tests only.');
    return this.running.url;
  }

  async start(): Promise<void> {
    this.running = await startLocalGateway({}, this.logger);
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }
}

export function useLocalGateway(): LocalGateway {
  const gateway = new LocalGateway();
  beforeAll(() => gateway.start());
  afterAll(() => gateway.stop());
  afterEach(() => gateway.logged.mockClear());
  return gateway;
}

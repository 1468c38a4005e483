import { createLogger, type Logger } from '@shop/kit/logger';
import type { RunningService } from '@shop/kit/service';
import { serviceEnvironmentFor } from '@shop/testkit/keys';
import { loadSettings } from '../src/config';
import { startGateway } from '../src/service';

const nobody = 'http://127.0.0.1:9/graphql';

/** For tests that check log entries. */
export function silentLogger(): Logger {
  const logger = createLogger({ service: 'gateway', level: 'error' });
  logger.silent = true;
  return logger;
}

/** A gateway in this process whose subgraphs do not answer, unless `env` says where they are. */
export function startLocalGateway(
  env: Record<string, string> = {},
  logger = silentLogger(),
): Promise<RunningService> {
  const subgraphs = { USER_URL: nobody, PRODUCT_URL: nobody, ORDER_URL: nobody, PAYMENT_URL: nobody };
  const settings = loadSettings({ ...serviceEnvironmentFor('gateway'), ...subgraphs, ...env });
  return startGateway(settings, logger);
}

/** `startLocalGateway` for the tests of one describe block, which watch its errors. */
class LocalGateway {
  readonly logger = silentLogger();
  readonly logged = jest.spyOn(this.logger, 'error');
  private running: RunningService | undefined;

  get url(): string {
    if (!this.running) throw new Error('The gateway runs in tests only, not while they are collected.');
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

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

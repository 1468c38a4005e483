import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { createLogger } from '@shop/kit/logger';
import { type RunningService, startSubgraph } from '@shop/kit/service';
import { serviceEnvironmentFor } from '@shop/testkit/keys';
import { z } from 'zod';

/** A minimal subgraph named product, in this process. */
export function startBareSubgraph(
  schema: { typeDefs: string; resolvers: object },
  env: Record<string, string> = {},
): Promise<RunningService> {
  const logger = createLogger({ service: 'test' });
  logger.silent = true;
  return startSubgraph({
    name: 'product',
    identity: { name: 'user', roles: ['CUSTOMER', 'ADMIN'] },
    settings: loadConfig({
      service: 'product',
      schema: z.object(serviceEnvironment),
      env: { ...serviceEnvironmentFor('product'), ...env },
    }),
    logger,
    ...schema,
    create: () => ({ context: (request) => request }),
  });
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { createLogger } from '@shop/kit/logger';
import type { GatewayContext } from '../context';
import { ReloadingGateway } from './reloading-gateway';
import { loadSupergraphVersion } from './supergraph-version';

const newest = readFileSync(join(__dirname, '../../supergraph.graphql'), 'utf8');
const older = newest.replace(/^ +"""[^"]*"""\n +inStock: .*$/m, '');
const logger = createLogger({ service: 'test' });
logger.silent = true;

function load(sdl: string) {
  const page = { products: { nodes: [{ inStock: true }] } };
  return loadSupergraphVersion({
    sdl,
    logger,
    dataSourceFor: () => ({ process: () => Promise.resolve({ data: page }) }),
  });
}

test('ReloadingGateway executes a request by the version that validated it, even after a reload', async () => {
  const gateway = new ReloadingGateway(await load(newest));
  const without = await load(older);
  const apollo = new ApolloServer<GatewayContext>({
    gateway,
    logger,
    plugins: [
      {
        requestDidStart: async () => ({ didResolveOperation: async () => gateway.update(without) }),
      },
    ],
  });
  await apollo.start();
  const execute = async () => {
    const { body } = await apollo.executeOperation({ query: '{ products { nodes { inStock } } }' });
    return body.kind === 'single' ? body.singleResult : undefined;
  };

  expect(await execute()).toEqual({ data: { products: { nodes: [{ inStock: true }] } } });
  expect((await execute())?.errors?.[0]?.message).toMatch(/Cannot query field "inStock"/);
  await apollo.stop();
});

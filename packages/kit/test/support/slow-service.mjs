// A service in a process of its own whose requests and due rows take until the test ends them: each says over the IPC channel that
// it has begun and continues when its name comes back.
import { once } from 'node:events';
import process from 'node:process';
import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { connectionOf, createDataSource, databaseEnvironment } from '@shop/kit/database';
import { startDueRows } from '@shop/kit/due-rows';
import { runService, startSubgraph } from '@shop/kit/service';
import { z } from 'zod';

const tell = (message) => process.send(message);

async function last(name) {
  tell(`${name} begun`);
  for (;;) {
    const [message] = await once(process, 'message');
    if (message === name) return;
  }
}

const schema = z.object({ ...serviceEnvironment, ...databaseEnvironment });
const loadSettings = () => loadConfig({ service: 'slow', schema, env: process.env });

async function start(settings, logger) {
  const dataSource = await createDataSource({ service: 'slow', ...connectionOf(settings) }).initialize();
  const poller = startDueRows({
    ...{ name: 'slow', dataSource, logger, concurrency: 4 },
    table: { table: 'slow_work', key: { id: 'text' }, columns: 'due_row.id', leaseMs: 1_000 },
    async handle([row]) {
      await last('work');
      await dataSource.query('DELETE FROM slow_work WHERE id = $1', [row.id]);
    },
  });
  const service = await startSubgraph({
    name: 'order',
    environment: settings,
    logger,
    typeDefs: 'type Query { nothing: Boolean }',
    resolvers: {},
    context: (request) => request,
    checkReady: async () => undefined,
    routes(app) {
      app.get('/slow', async () => {
        await last('request');
        return { answered: true };
      });
    },
    async finishWork() {
      await poller.stop();
      tell('work finished');
    },
    async onStop() {
      await dataSource.destroy();
      tell('closed');
    },
  });
  tell(service.url);
  return service;
}

void runService({ name: 'slow', telemetry: { shutdown: async () => undefined }, loadSettings, start });

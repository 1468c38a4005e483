// A service in its own process whose requests and due rows block until the test releases them: each
// sends "<name> begun" over the IPC channel and continues when it receives its name.
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { connectService, databaseEnvironment } from '@shop/kit/database';
import { createDuePoller } from '@shop/kit/due-rows';
import { runService } from '@shop/kit/service';
import { subgraphService } from '@shop/kit/subgraph';
import { z } from 'zod';

const report = (message) => process.send(message);

async function last(name) {
  report(`${name} begun`);
  for (;;) {
    const [message] = await once(process, 'message');
    if (message === name) return;
  }
}

const schema = z.object({ ...serviceEnvironment, ...databaseEnvironment });

const loadSettings = () => loadConfig({ service: 'slow', schema, env: process.env });

const { start } = subgraphService({
  name: 'order',
  identity: { name: 'user', roles: [] },
  loadSettings,
  connect: (settings) => connectService({ service: 'slow' }, settings),
  schemaFile: join(import.meta.dirname, 'empty.graphql'),
  resolvers: {},
  create({ dataSource, logger, background, onClose }) {
    const poller = createDuePoller({
      ...{ name: 'slow', dataSource, logger, concurrency: 4 },
      table: { table: 'slow_work', key: { id: 'text' }, columns: 'due_row.id', leaseMs: 1_000 },
      async handle([row]) {
        await last('work');
        await dataSource.query('DELETE FROM slow_work WHERE id = $1', [row.id]);
      },
    });
    background({
      start: () => poller.start(),
      async stop() {
        await poller.stop();
        report('work finished');
      },
    });
    onClose(() => report('closed'));
    return {
      context: (request) => request,
      routes(app) {
        app.get('/slow', async () => {
          await last('request');
          return { answered: true };
        });
      },
    };
  },
});

async function startAndReport(settings, logger) {
  const service = await start(settings, logger);
  report(service.url);
  return service;
}

void runService({ name: 'slow', loadSettings, start: startAndReport });

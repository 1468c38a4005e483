// A service of its own process whose requests and jobs last until the test says how they end: each tells over the IPC channel that
// it has begun, and goes on when its name comes back.
import { once } from 'node:events';
import process from 'node:process';
import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { databaseEnvironment } from '@shop/kit/database';
import { startJobs } from '@shop/kit/jobs';
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
  const jobs = await startJobs({
    databaseUrl: settings.DATABASE_URL,
    logger,
    tasks: { slow: () => last('job') },
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
      await jobs.stop();
      tell('jobs finished');
    },
    onStop: async () => tell('closed'),
  });
  tell(service.url);
  return service;
}

void runService({ name: 'slow', telemetry: { shutdown: async () => undefined }, loadSettings, start });

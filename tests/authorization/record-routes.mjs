// Preloaded into the services of the test: appends every route that their servers register to a file.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import process from 'node:process';

subscribe('fastify.initialization', ({ fastify }) => {
  fastify.addHook('onRoute', ({ method: methods, url }) => {
    for (const method of [methods].flat())
      appendFileSync(process.env.RECORDED_ROUTES_FILE, `${method} ${url}\n`);
  });
});

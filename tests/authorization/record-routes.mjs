// Preloaded into the services of the test: writes down every route that a server of theirs has, as Fastify is told of it.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import process from 'node:process';

subscribe('fastify.initialization', ({ fastify }) => {
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) appendFileSync(process.env.RECORDED_ROUTES_FILE, `${one} ${url}\n`);
  });
});

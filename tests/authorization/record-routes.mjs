// Preloaded into the services of the test: appends the routes of each server that listens to a file. The
// route /docs renders its page with a second Fastify, which never listens.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import process from 'node:process';

subscribe('fastify.initialization', ({ fastify }) => {
  const routes = [];
  fastify.addHook('onRoute', ({ method: methods, url }) => {
    for (const method of [methods].flat()) routes.push(`${method} ${url}\n`);
  });
  fastify.addHook('onListen', (done) => {
    appendFileSync(process.env.RECORDED_ROUTES_FILE, routes.join(''));
    done();
  });
});

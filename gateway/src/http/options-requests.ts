import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../rest/send-problem';
import { unknownPath } from '../rest/unmatched';
import { pathOf } from './request-path';
import type { RouteMethods } from './route-methods';

/** OPTIONS: 404 for unknown paths, else Allow. Register before @fastify/cors, which replies. */
export function answerOptions(app: FastifyInstance, methods: RouteMethods): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'OPTIONS') return done();
    const path = pathOf(request.url);
    const allowed = methods.allowedAt(path);
    if (allowed.length === 0) return void sendProblem(request, reply, unknownPath(path, methods));
    void reply.header('allow', allowed.join(', '));
    return done();
  });
}

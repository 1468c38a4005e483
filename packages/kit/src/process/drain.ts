import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { ServiceEnvironment } from '../config';

/** Longer than a load balancer takes to notice that readiness has ended. */
const productionDelayMs = 5_000;
/** A client that has connected sends its first request within this time. */
const firstRequestMs = 500;

export type DrainSettings = Pick<ServiceEnvironment, 'NODE_ENV' | 'DRAIN_DELAY_MS'>;

export interface DrainSteps {
  settings: DrainSettings;
  /** Stops taking jobs and events, and finishes those in progress. */
  finishWork?: () => Promise<void>;
  /** Closes what requests need, such as pools and peers; runs after the last response. */
  close: () => Promise<void>;
}

/** The graceful shutdown of a service. */
export interface Drain {
  /** True once draining starts: /readyz returns 503. */
  isDraining(): boolean;
  /**
   * Shuts the service down gracefully: accepts requests until load balancers have removed it,
   * finishes its jobs, accepts no new connection, finishes the requests in progress, and closes
   * everything else. A failed step does not prevent the next ones.
   *
   * @throws AggregateError of the steps that failed
   */
  stop(): Promise<void>;
  /** The same without the drain delay, for a failed start. */
  stopNow(): Promise<void>;
}

/** DRAIN_DELAY_MS, or its default: 5 s in production, 0 elsewhere. */
export function drainDelayMs({ NODE_ENV, DRAIN_DELAY_MS }: DrainSettings): number {
  return DRAIN_DELAY_MS ?? (NODE_ENV === 'production' ? productionDelayMs : 0);
}

/** Call it before routes are registered: while draining, every response has `Connection: close`. */
export function prepareDrain(app: FastifyInstance, steps: DrainSteps): Drain {
  const { settings, finishWork = () => Promise.resolve(), close } = steps;
  let draining = false;
  const unused = followUnusedConnections(app);
  const stopNow = () => takeAll([finishWork, () => closeServer(app, unused), close]);
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) void reply.header('connection', 'close');
    done();
  });
  return {
    isDraining: () => draining,
    async stop() {
      draining = true;
      await pause(drainDelayMs(settings));
      await stopNow();
    },
    stopNow,
  };
}

/** Finishes requests in progress, and closes unused connections after a grace period. */
async function closeServer(app: FastifyInstance, unused: ReadonlySet<Socket>): Promise<void> {
  const timer = setTimeout(() => {
    for (const socket of unused) socket.destroy();
  }, firstRequestMs);
  await app.close();
  clearTimeout(timer);
}

/** Node's server also waits for connections that have had no request. */
function followUnusedConnections(app: FastifyInstance): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  app.server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
}

async function takeAll(steps: readonly (() => PromiseLike<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'The service did not stop cleanly.');
}

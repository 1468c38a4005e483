import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { ServiceEnvironment } from '../config';

/** Longer than a load balancer takes to hear of a readiness that is gone. */
const productionDelayMs = 5_000;
/** A client that has connected sends its first request within this time. */
const firstRequestMs = 500;

export type DrainSettings = Pick<ServiceEnvironment, 'NODE_ENV' | 'DRAIN_DELAY_MS'>;

export interface DrainSteps {
  settings: DrainSettings;
  /** Takes no new work of those kinds that do not come as requests (jobs, events) and finishes what is held. */
  finishWork?: () => Promise<void>;
  /** After the last request was answered: what requests need, such as pools and peers. */
  close: () => Promise<void>;
}

/** The end of a service. */
export interface Drain {
  /** True from the first moment on: /readyz answers 503, so that no new work is sent here. */
  isDraining(): boolean;
  /**
   * Ends the service so that nothing is lost: serves on for a while, since others do not know yet that it ends; finishes its jobs;
   * takes no new connection and answers what is under way; closes everything else. A step that fails does not keep the next
   * from being taken.
   *
   * @throws AggregateError of the steps that failed
   */
  stop(): Promise<void>;
  /** The same without serving on, for a start that failed. */
  stopNow(): Promise<void>;
}

/** How long a service that was told to stop serves on, in milliseconds: DRAIN_DELAY_MS, or 5 s in production and 0 elsewhere. */
export function drainDelayMs({ NODE_ENV, DRAIN_DELAY_MS }: DrainSettings): number {
  return DRAIN_DELAY_MS ?? (NODE_ENV === 'production' ? productionDelayMs : 0);
}

/** Call it before routes are registered: while draining, every answer asks its client to take another connection. */
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

/** Requests under way are finished; what a client opened in advance and never used is closed, once it had time to be used. */
async function closeServer(app: FastifyInstance, unused: ReadonlySet<Socket>): Promise<void> {
  const timer = setTimeout(() => {
    for (const socket of unused) socket.destroy();
  }, firstRequestMs);
  await app.close();
  clearTimeout(timer);
}

/** Node's own server waits for connections without any request as if they had one under way. */
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

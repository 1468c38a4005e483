import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { endSilentConnection, isConnectionLost } from '../database';

/** The code at which graphile-worker tries a statement again soonest, where that is safe. */
const serializationFailure = '40001';
const firstPauseMs = 100;
const longestPauseMs = 1_000;
/** No statement of a job runner takes as long. */
const silenceMs = 15_000;

/**
 * A pool for graphile-worker. Of all the ways a connection can be lost it bears with only a few, and with those ever more slowly, up to
 * two minutes; at any other, a job that ends just then is an unhandled rejection, which ends the process, or would leave the job
 * locked for hours. Here they all look alike, and whoever wants a connection gets one within a second of the database's return.
 */
export class PatientPool extends Pool {
  private readonly patience = new AbortController();

  constructor(config: PoolConfig) {
    super({ connectionTimeoutMillis: 3_000, keepAlive: true, ...config });
    // graphile-worker logs what these tell; without a listener of its maker it does not trust a pool.
    this.on('error', () => undefined);
    this.on('connect', (client) => {
      client.on('error', () => undefined);
      endSilentConnection(client, silenceMs);
      const query = client.query.bind(client) as (...given: unknown[]) => unknown;
      client.query = ((...given: unknown[]) => toldAlike(query(...given))) as typeof client.query;
    });
  }

  /** From now on a database that is away is an error, so that nobody waits for it before the process can end. */
  losePatience(): void {
    this.patience.abort();
  }

  /** Ends it once everybody who waited for a connection has had one; graphile-worker does not wait until jobs are told to be done. */
  async finish(): Promise<void> {
    while (this.waitingCount > 0) await once(this, 'release');
    await this.end();
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<PoolClient> | void {
    const connected = this.connectPatiently();
    if (!callback) return connected;
    connected.then(
      (client) => callback(undefined, client, client.release),
      (error: Error) => callback(error, undefined, () => undefined),
    );
  }

  private async connectPatiently(): Promise<PoolClient> {
    const { signal } = this.patience;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
      // Never answered: an error would be tried again by a process that is ending.
      if (this.ending) return new Promise(() => undefined);
      try {
        return await super.connect();
      } catch (error) {
        if (!isConnectionLost(error)) throw error;
        if (signal.aborted) throw asTryAgain(error);
      }
      await pause(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }
}

type ConnectCallback = Parameters<Pool['connect']>[0];

/** What is no promise stays as it is. */
function toldAlike(answer: unknown): unknown {
  if (!(answer instanceof Promise)) return answer;
  return answer.catch((error: unknown) => {
    throw isConnectionLost(error) ? asTryAgain(error) : error;
  });
}

function asTryAgain(error: unknown): Error {
  const { message } = error as Error;
  return Object.assign(new Error(message, { cause: error }), { code: serializationFailure });
}

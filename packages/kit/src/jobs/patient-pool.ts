import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { isConnectionLost } from '../database';

/** The code at which graphile-worker tries a statement again, where that is safe. */
const cannotConnectNow = '57P03';

/**
 * A pool for graphile-worker. Of all the ways a connection can be lost it bears with only a few; at any other, a job that ends just
 * then is an unhandled rejection, which ends the process, or would leave the job locked for hours. Here they all look alike.
 */
export function createPatientPool(config: PoolConfig): Pool {
  const pool = new PatientPool(config);
  // graphile-worker logs what these tell; without a listener of its maker it does not trust a pool.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    client.query = ((...given: unknown[]) => toldAlike(query(...given))) as typeof client.query;
  });
  return pool;
}

class PatientPool extends Pool {
  override connect(): Promise<PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<PoolClient> | void {
    return callback ? super.connect(callback) : (toldAlike(super.connect()) as Promise<PoolClient>);
  }
}

type ConnectCallback = Parameters<Pool['connect']>[0];

/** What is no promise stays as it is. */
function toldAlike(answer: unknown): unknown {
  if (!(answer instanceof Promise)) return answer;
  return answer.catch((error: unknown) => {
    if (!isConnectionLost(error)) throw error;
    const { message } = error as Error;
    throw Object.assign(new Error(message, { cause: error }), { code: cannotConnectNow });
  });
}

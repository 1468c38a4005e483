import { Client } from 'pg';
import { endSilentConnection } from '../database';
import type { Logger } from '../logger';
import { type GivenBack, giveBackLostJobs, noSuspicion } from './lost-jobs';
import { enterPresence } from './lost-jobs.repository';
import type { StartedJobs } from './started-jobs';

const sweepEveryMs = 2_500;
/** Shorter than a sweep, so that a runner is back before others give its jobs away. */
const enterAgainAfterMs = 250;
const silenceMs = 5_000;

export interface RunnerPresence {
  stop(): Promise<void>;
}

/**
 * Gives jobs back that nobody runs. graphile-worker itself waits four hours for a killed process: it cannot tell a long job from a
 * dead worker. Here each runner holds an advisory lock for as long as it lives, on a connection of its own, and every few seconds
 * whatever is taken by a runner without one is freed. The connection must be a session: no transaction pooler in between.
 *
 * @param runnerId what graphile-worker writes into `locked_by`
 */
export function keepPresence(options: {
  databaseUrl: string;
  runnerId: string;
  started: StartedJobs;
  logger: Logger;
}): RunnerPresence {
  const { databaseUrl, runnerId, started, logger } = options;
  let client: Client | undefined;
  let suspicion = noSuspicion;
  let isAway = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function sweep(): Promise<void> {
    try {
      client ??= await enter(databaseUrl, runnerId, leave);
      const swept = await giveBackLostJobs({ client, runnerId, started, before: suspicion });
      suspicion = swept.suspicion;
      isAway = false;
      report(swept.given, logger);
    } catch (error) {
      if (!isAway) logger.warn('lost jobs cannot be looked for', { error });
      isAway = true;
      if (client) leave(client);
    }
    sweepAfter(client ? sweepEveryMs : enterAgainAfterMs);
  }

  function leave(left: Client): void {
    if (client !== left) return;
    client = undefined;
    // Others lost their connections just now, too: they get time to come back.
    suspicion = noSuspicion;
    left.end().catch(() => undefined);
    if (timer) sweepAfter(enterAgainAfterMs);
  }

  function sweepAfter(delayMs: number): void {
    clearTimeout(timer);
    if (isStopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      underWay = sweep();
    }, delayMs);
  }

  let underWay = sweep();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await underWay;
      await client?.end().catch(() => undefined);
    },
  };
}

async function enter(databaseUrl: string, runnerId: string, onLost: (client: Client) => void) {
  const client = new Client({
    connectionString: databaseUrl,
    keepAlive: true,
    connectionTimeoutMillis: 3_000,
  });
  client.on('error', () => onLost(client));
  await client.connect();
  endSilentConnection(client, silenceMs);
  try {
    await enterPresence(client, runnerId);
    return client;
  } catch (error) {
    client.end().catch(() => undefined);
    throw error;
  }
}

function report({ runners, jobs }: GivenBack, logger: Logger): void {
  if (runners.length > 0) logger.warn('jobs of lost runners are given back', { runners });
  if (jobs.length > 0) logger.warn('jobs whose taking was not answered are given back', { jobs });
}

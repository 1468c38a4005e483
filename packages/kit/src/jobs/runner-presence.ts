import { Client } from 'pg';
import type { Logger } from '../logger';

/** Any constant will do; it only has to be the same in every process. */
const presenceLocks = 4_711_002;
const sweepEveryMs = 5_000;

export interface RunnerPresence {
  stop(): Promise<void>;
}

/**
 * Gives jobs back that a killed process was running. graphile-worker itself waits four hours for it: it cannot tell a long
 * job from a dead worker. Here each runner holds an advisory lock for as long as it lives, on a connection of its own, and
 * every few seconds whatever is locked by a runner without one is unlocked. The connection must be a session: no
 * transaction pooler in between.
 *
 * @param runnerId what graphile-worker writes into `locked_by`
 */
export function keepPresence(options: {
  databaseUrl: string;
  runnerId: string;
  logger: Logger;
}): RunnerPresence {
  const { databaseUrl, runnerId, logger } = options;
  let client: Client | undefined;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function enter(): Promise<Client> {
    const next = new Client({
      connectionString: databaseUrl,
      keepAlive: true,
      connectionTimeoutMillis: 3_000,
    });
    next.on('error', () => {
      if (client === next) client = undefined;
    });
    await next.connect();
    await next.query('/* RunnerPresence.enter */ SELECT pg_advisory_lock_shared($1, hashtext($2))', [
      presenceLocks,
      runnerId,
    ]);
    return next;
  }

  async function sweep(): Promise<void> {
    try {
      client ??= await enter();
      const runners = await unlockLostJobs(client);
      await removeSupersededJobs(client);
      if (runners.length > 0) logger.warn('jobs of lost runners are given back', { runners });
    } catch (error) {
      logger.warn('lost jobs could not be looked for', { error });
    }
    if (!isStopped) timer = setTimeout(sweepAgain, sweepEveryMs);
  }

  function sweepAgain(): void {
    underWay = sweep();
  }

  let underWay = sweep();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await underWay;
      await client?.end();
    },
  };
}

/** @returns the runners that are gone. A job that was just taken is left: its runner may be about to enter. */
async function unlockLostJobs(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ runner: string }>(
    `/* RunnerPresence.unlockLostJobs */
     WITH lost AS MATERIALIZED (
       SELECT DISTINCT locked_by AS runner FROM graphile_worker.jobs
        WHERE locked_at < now() - interval '5 seconds'
          AND NOT EXISTS (
                SELECT FROM pg_locks
                 WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = $1
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND objid::bigint = hashtext(jobs.locked_by)::bigint & 4294967295))
     SELECT runner, graphile_worker.force_unlock_workers(ARRAY[runner]) FROM lost`,
    [presenceLocks],
  );
  return rows.map(({ runner }) => runner);
}

/**
 * A keyed job that was replaced while it ran has lost its key and its attempts, so that it is not run again. It goes when it
 * ends, but not when its process was killed or it failed: then it would stay for ever, among the jobs that were given up.
 */
async function removeSupersededJobs(client: Client): Promise<void> {
  await client.query(
    `/* RunnerPresence.removeSupersededJobs */
     SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker.jobs
      WHERE flags ? 'keyed' AND key IS NULL AND locked_at IS NULL HAVING count(*) > 0`,
  );
}

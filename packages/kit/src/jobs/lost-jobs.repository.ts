import type { Client } from 'pg';

/** Any constant will do; it only has to be the same in every process. */
const presenceLocks = 4_711_002;

/** A job that is taken. `attempts` tells one taking from the next. */
export interface TakenJob {
  id: string;
  attempts: number;
}

/** Holds the lock that says "this runner lives" for as long as the connection does. */
export async function enterPresence(client: Client, runnerId: string): Promise<void> {
  await client.query('/* LostJobs.enterPresence */ SELECT pg_advisory_lock_shared($1, hashtext($2))', [
    presenceLocks,
    runnerId,
  ]);
}

/** @returns runners that hold jobs and are not present; one that has just started, or is connecting again, is about to enter. */
export async function findAbsentRunners(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ runner: string }>(
    `/* LostJobs.findAbsentRunners */
     SELECT DISTINCT locked_by AS runner FROM graphile_worker.jobs
      WHERE locked_by IS NOT NULL
        AND NOT EXISTS (
              SELECT FROM pg_locks
               WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = $1
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                 AND objid::bigint = hashtext(jobs.locked_by)::bigint & 4294967295)`,
    [presenceLocks],
  );
  return rows.map(({ runner }) => runner);
}

/** @returns what `runnerId` has taken, as far as the database knows */
export async function findTakenJobs(client: Client, runnerId: string): Promise<TakenJob[]> {
  const { rows } = await client.query<TakenJob>(
    '/* LostJobs.findTakenJobs */ SELECT id::text, attempts FROM graphile_worker.jobs WHERE locked_by = $1',
    [runnerId],
  );
  return rows;
}

/**
 * Makes all jobs of `runners` free again, under new ids: a runner that was only cut off, or paused, deletes a job by its id when it is
 * done with it, and must not meet one that has been asked for anew since.
 */
export async function giveBackAll(client: Client, runners: readonly string[]): Promise<void> {
  await client.query(
    `/* LostJobs.giveBackAll */
     WITH queues AS (
       UPDATE graphile_worker._private_job_queues SET locked_by = NULL, locked_at = NULL WHERE locked_by = ANY($1))
     UPDATE graphile_worker._private_jobs SET id = DEFAULT, locked_by = NULL, locked_at = NULL WHERE locked_by = ANY($1)`,
    [runners],
  );
}

/** Makes one job free again, unless it has been taken once more since. */
export async function giveBack(client: Client, runnerId: string, job: TakenJob): Promise<void> {
  await client.query(
    `/* LostJobs.giveBack */
     WITH given AS (
       UPDATE graphile_worker._private_jobs SET id = DEFAULT, locked_by = NULL, locked_at = NULL
        WHERE id = $1 AND attempts = $2 AND locked_by = $3 RETURNING job_queue_id)
     UPDATE graphile_worker._private_job_queues SET locked_by = NULL, locked_at = NULL
       FROM given WHERE _private_job_queues.id = given.job_queue_id AND locked_by = $3`,
    [job.id, job.attempts, runnerId],
  );
}

/**
 * A keyed job that was replaced while it ran has lost its key and its attempts, so that it is not run again. It goes when it
 * ends, but not when its process was killed or it failed: then it would stay for ever, among the jobs that were given up.
 */
export async function removeSupersededJobs(client: Client): Promise<void> {
  await client.query(
    `/* LostJobs.removeSupersededJobs */
     SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker.jobs
      WHERE flags ? 'keyed' AND key IS NULL AND locked_at IS NULL HAVING count(*) > 0`,
  );
}

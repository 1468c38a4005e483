import { createHash } from 'node:crypto';
import type { Transaction } from '../database';

/** One durable job. */
export interface JobRequest {
  /** Which handler runs it. */
  task: string;
  payload: object;
  /** Not before this delay, by the database's clock; 0 when left out. */
  delayMs?: number;
  /** A job with the same key is replaced, not added. */
  key?: string;
  /** One that waits under the same key keeps its time; default false. */
  keepsTime?: boolean;
  /** Jobs of one queue run one after the other, so that slow ones take one runner's place and not all. */
  queue?: string;
}

/** One of `count` queues: jobs of the same `key` are sequential, those of different keys mostly concurrent. */
export function queueByHash(name: string, key: string, count: number): string {
  const digest = createHash('sha256').update(key).digest();
  return `${name}-${digest.readUInt16BE(0) % count}`;
}

/**
 * The most that the queue can count. It counts kills and lost databases as attempts, too, and a job that is given up is one that
 * nobody hears of again.
 */
const maximumAttempts = 32_767;

/**
 * Adds a job in the caller's transaction: it exists exactly if the transaction commits. Failed attempts are repeated without end, with
 * a growing pause (graphile-worker's exp(attempt) seconds, six hours at most).
 */
export async function addJob(transaction: Transaction, job: JobRequest): Promise<void> {
  await transaction.query(
    `/* JobQueue.addJob */
     SELECT graphile_worker.add_job($1, payload := $2::json, run_at := now() + $3 * interval '1 millisecond',
                                    job_key := $4, max_attempts := $5, queue_name := $7,
                                    flags := CASE WHEN $4::text IS NOT NULL THEN ARRAY['keyed'] END,
                                    job_key_mode := $6)`,
    [
      job.task,
      JSON.stringify(job.payload),
      job.delayMs ?? 0,
      job.key ?? null,
      maximumAttempts,
      job.keepsTime ? 'preserve_run_at' : 'replace',
      job.queue ?? null,
    ],
  );
}

/** Takes a job back that is no longer needed; one that is running is not stopped. */
export async function removeJob(transaction: Transaction, key: string): Promise<void> {
  await transaction.query('/* JobQueue.removeJob */ SELECT graphile_worker.remove_job($1)', [key]);
}

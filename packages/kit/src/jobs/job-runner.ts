import { randomUUID } from 'node:crypto';
import { Logger as WorkerLogger, run, type Runner } from 'graphile-worker';
import type { Logger } from '../logger';
import { runWithRequestContext } from '../request-context';

/** Does one job; throwing means "again later". */
export type JobHandler = (
  payload: unknown,
  job: { id: string; attempts: number; maximumAttempts: number },
) => Promise<void>;

export interface JobRunner {
  /** Takes no new job, waits for those under way. */
  stop(): Promise<void>;
}

/** Runs the durable jobs of one database, woken by NOTIFY, so that a new job starts at once. */
export async function startJobs(options: {
  databaseUrl: string;
  tasks: Record<string, JobHandler>;
  logger: Logger;
  concurrency?: number;
}): Promise<JobRunner> {
  const { databaseUrl, tasks, logger, concurrency = 4 } = options;
  const runner: Runner = await run({
    connectionString: databaseUrl,
    concurrency,
    maxPoolSize: concurrency + 1,
    pollInterval: 1_000,
    noHandleSignals: true,
    parsedCronItems: [],
    logger: toWorkerLogger(logger),
    taskList: Object.fromEntries(
      Object.entries(tasks).map(([name, handler]) => [
        name,
        (payload, { job }) =>
          runWithRequestContext({ requestId: `job-${job.id}-${randomUUID().slice(0, 8)}` }, () =>
            handler(payload, { id: job.id, attempts: job.attempts, maximumAttempts: job.max_attempts }),
          ),
      ]),
    ),
  });
  return { stop: () => runner.stop() };
}

function toWorkerLogger(logger: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    const level_ = String(level);
    if (level_ === 'error') logger.error('job runner', { detail: message });
    else if (level_ === 'warning') logger.warn('job runner', { detail: message });
    else logger.debug('job runner', { detail: message });
  });
}

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Logger as WorkerLogger, run, type Runner, type WorkerEvents } from 'graphile-worker';
import type { Logger } from '../logger';
import { runWithRequestContext } from '../request-context';
import { PatientPool } from './patient-pool';
import { keepPresence, type RunnerPresence } from './runner-presence';
import { followStartedJobs } from './started-jobs';

/** Does one job; throwing means "again later". */
export type JobHandler = (
  payload: unknown,
  job: { id: string; attempts: number; maximumAttempts: number },
) => Promise<void>;

export interface JobRunner {
  /** Takes no new job, waits for those under way. With the database away, what they did is told by whoever gets them next. */
  stop(): Promise<void>;
}

/**
 * Runs the durable jobs of one database, woken by NOTIFY, so that a new job starts at once. A job whose process was killed is
 * run again within some seconds by whoever runs jobs of this database then; so handlers must bear being repeated.
 */
export async function startJobs(options: {
  databaseUrl: string;
  tasks: Record<string, JobHandler>;
  logger: Logger;
  concurrency?: number;
}): Promise<JobRunner> {
  const { databaseUrl, tasks, logger, concurrency = 4 } = options;
  const events: WorkerEvents = new EventEmitter();
  const started = followStartedJobs(events);
  let presence: RunnerPresence | undefined;
  events.on('pool:create', ({ workerPool: { id: runnerId } }) => {
    presence = keepPresence({ databaseUrl, runnerId, started, logger });
  });
  const pgPool = new PatientPool({ connectionString: databaseUrl, max: concurrency + 1 });
  const runner: Runner = await run({
    events,
    pgPool,
    concurrency,
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
  return {
    async stop() {
      pgPool.losePatience();
      await runner.stop();
      await pgPool.finish();
      // Last: what is told to the database until now is told by a runner that is present.
      await presence?.stop();
    },
  };
}

function toWorkerLogger(logger: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    const level_ = String(level);
    if (level_ === 'error') logger.error('job runner', { detail: message });
    else if (level_ === 'warning') logger.warn('job runner', { detail: message });
    else logger.debug('job runner', { detail: message });
  });
}

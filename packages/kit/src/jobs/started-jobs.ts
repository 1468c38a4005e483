import type { WorkerEvents } from 'graphile-worker';
import type { TakenJob } from './lost-jobs.repository';

/** Which of the jobs that a runner has taken it knows of. */
export interface StartedJobs {
  /** What was started here and may still be ours. */
  snapshot(): readonly TakenJob[];
  /** It is no longer ours: it was done, or failed, or given back. */
  forget(job: TakenJob): void;
  isKnown(job: TakenJob): boolean;
}

/** Listens to a runner from before it starts. A job stays known until the database was seen to have heard of its end. */
export function followStartedJobs(events: WorkerEvents): StartedJobs {
  const attemptsOf = new Map<string, number>();
  const isKnown = ({ id, attempts }: TakenJob) => attemptsOf.get(id) === attempts;
  // Its type says string; what comes is a number because the data source has bigint read so (data-source.ts).
  events.on('job:start', ({ job }) => attemptsOf.set(String(job.id), job.attempts));
  return {
    isKnown,
    snapshot: () => [...attemptsOf].map(([id, attempts]) => ({ id, attempts })),
    forget(job) {
      if (isKnown(job)) attemptsOf.delete(job.id);
    },
  };
}

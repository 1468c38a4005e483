import type { Client } from 'pg';
import {
  findAbsentRunners,
  findTakenJobs,
  giveBack,
  giveBackAll,
  removeSupersededJobs,
  type TakenJob,
} from './lost-jobs.repository';
import type { StartedJobs } from './started-jobs';

/** What two looks at one database, some seconds apart, showed both times: a single look may meet a moment. */
export interface Suspicion {
  absent: ReadonlySet<string>;
  unknown: ReadonlySet<string>;
}

export const noSuspicion: Suspicion = { absent: new Set(), unknown: new Set() };

/** What was given back, for the log. */
export interface GivenBack {
  /** Runners that are gone. */
  runners: string[];
  /** Own jobs whose taking was never answered. */
  jobs: string[];
}

/**
 * Gives back the jobs of runners that are gone, and those that the database holds to be ours while we never heard of them: the
 * connection was lost between their taking and the answer.
 */
export async function giveBackLostJobs(options: {
  client: Client;
  runnerId: string;
  started: StartedJobs;
  before: Suspicion;
}): Promise<{ suspicion: Suspicion; given: GivenBack }> {
  const { client, runnerId, started, before } = options;
  const absent = await findAbsentRunners(client);
  const runners = absent.filter((runner) => before.absent.has(runner));
  if (runners.length > 0) await giveBackAll(client, runners);

  const unknown = await findUnknownJobs(client, runnerId, started);
  const lost = unknown.filter((job) => before.unknown.has(nameOf(job)));
  for (const job of lost) await giveBack(client, runnerId, job);

  await removeSupersededJobs(client);
  return {
    suspicion: { absent: new Set(absent), unknown: new Set(unknown.map(nameOf)) },
    given: { runners, jobs: lost.map(({ id }) => id) },
  };
}

async function findUnknownJobs(client: Client, runnerId: string, started: StartedJobs): Promise<TakenJob[]> {
  // Read first: what is started while the database is asked must not be taken for ended.
  const startedBefore = started.snapshot();
  const taken = await findTakenJobs(client, runnerId);
  const names = new Set(taken.map(nameOf));
  for (const job of startedBefore) if (!names.has(nameOf(job))) started.forget(job);
  return taken.filter((job) => !started.isKnown(job));
}

const nameOf = ({ id, attempts }: TakenJob) => `${id}:${attempts}`;

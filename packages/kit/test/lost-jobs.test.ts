import { createLogger } from '@shop/kit/logger';
import { createDataSource } from '@shop/kit/database';
import { addJob, type JobHandler, type JobRunner, startJobs } from '@shop/kit/jobs';
import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';

const logger = createLogger({ service: 'test' });
logger.silent = true;

let database: TestDatabase;
const runners: JobRunner[] = [];
/** Ends what a test left under way, also when it failed: a runner waits for its jobs. */
let held = Promise.withResolvers<void>();
beforeEach(() => {
  held = Promise.withResolvers<void>();
});
afterEach(() => held.resolve());
beforeAll(async () => {
  database = await cloneDatabase('order');
});
afterAll(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
  await database.drop();
});

async function run(tasks: Record<string, JobHandler>): Promise<void> {
  runners.push(await startJobs({ databaseUrl: database.url, tasks, logger }));
}

async function sql<Row>(text: string): Promise<Row[]> {
  return withClient(database.url, async (client) => (await client.query(text)).rows as Row[]);
}

/** One that is busy may need a while until it is present; until then others would take its jobs for lost. */
const presentRunners =
  "SELECT FROM pg_locks JOIN pg_database ON database = pg_database.oid WHERE locktype = 'advisory' AND datname = current_database()";
const takenJobs = 'SELECT FROM graphile_worker.jobs WHERE locked_by IS NOT NULL';

describe('A job', () => {
  test('of a process that was killed is run again soon; one that runs for long elsewhere is left alone', async () => {
    let begun = 0;
    await run({
      long: async () => {
        begun += 1;
        await held.promise;
      },
    });
    await sql("SELECT graphile_worker.add_job('long')");
    await eventually(() => expect(begun).toBe(1));
    await eventually(async () => expect(await sql(presentRunners)).toHaveLength(1));
    await sql("SELECT graphile_worker.add_job('lost')");
    await sql(
      `UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 minute', locked_by = COALESCE(locked_by, 'killed')`,
    );

    let found = 0;
    await run({
      lost: async () => {
        found += 1;
      },
      long: async () => {
        begun += 1;
      },
    });

    await eventually(() => expect(found).toBe(1));
    expect(begun).toBe(1);
    held.resolve();
    await eventually(async () => expect(await sql('SELECT FROM graphile_worker.jobs')).toEqual([]));
    expect(begun).toBe(1);
  });

  test('that was replaced while it ran leaves nothing when its process is killed', async () => {
    const key = { task: 'replaced', payload: {}, key: 'one', delayMs: 3_600_000 };
    const dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
    await addJob(dataSource.manager, key);
    await sql(
      `UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 minute', locked_by = 'killed', attempts = 1`,
    );
    await addJob(dataSource.manager, key);
    await dataSource.destroy();
    const keys = () => sql<{ key: string | null }>('SELECT key FROM graphile_worker.jobs');
    expect(await keys()).toHaveLength(2);

    await run({ other: async () => undefined });

    await eventually(async () => expect(await keys()).toEqual([{ key: 'one' }]));
  });

  test('is not given up, however often its process was killed or its database lost', async () => {
    const dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
    await addJob(dataSource.manager, { task: 'unlucky', payload: {}, key: 'unlucky', delayMs: 3_600_000 });
    await dataSource.destroy();
    await sql(
      `UPDATE graphile_worker._private_jobs SET attempts = 1000, run_at = now() WHERE key = 'unlucky'`,
    );
    let runs = 0;
    await run({
      unlucky: async () => {
        runs += 1;
      },
    });

    await eventually(() => expect(runs).toBe(1));
  });

  test('that the database holds to be taken by a runner who never heard of it is run, and what the runner does is left alone', async () => {
    const held = Promise.withResolvers<void>();
    let runs = 0;
    let knownRuns = 0;
    await run({
      known: () => {
        knownRuns += 1;
        return held.promise;
      },
      unheard: async () => {
        runs += 1;
      },
    });
    await sql(
      "SELECT graphile_worker.add_job('known'), graphile_worker.add_job('unheard', queue_name := 'one by one')",
    );
    await eventually(async () => expect(await sql(takenJobs)).toHaveLength(1));
    await eventually(() => expect(runs).toBe(1));

    await sql(
      `WITH taken AS (UPDATE graphile_worker._private_job_queues SET locked_at = now(), locked_by = runner FROM
         (SELECT locked_by AS runner FROM graphile_worker.jobs WHERE task_identifier = 'known') known)
       INSERT INTO graphile_worker._private_jobs (task_id, job_queue_id, locked_at, locked_by, attempts)
       SELECT (SELECT id FROM graphile_worker._private_tasks WHERE identifier = 'unheard'),
              (SELECT id FROM graphile_worker._private_job_queues), now(), locked_by, 1
         FROM graphile_worker.jobs WHERE task_identifier = 'known'`,
    );

    await eventually(() => expect(runs).toBe(2));
    expect(await sql(takenJobs)).toHaveLength(1);
    held.resolve();
    await eventually(async () => expect(await sql(takenJobs)).toEqual([]));
    expect(knownRuns).toBe(1);
  });

  test('that was given back is not ended by a runner who was only cut off', async () => {
    const runs: PromiseWithResolvers<void>[] = [];
    await run({
      cut: () => {
        const run = Promise.withResolvers<void>();
        runs.push(run);
        return run.promise;
      },
    });
    await sql("SELECT graphile_worker.add_job('cut')");
    await eventually(() => expect(runs).toHaveLength(1));
    await sql(
      `UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 minute', locked_by = 'cut off'`,
    );
    await eventually(() => expect(runs).toHaveLength(2));

    runs[0]!.resolve();

    await sql(`SELECT graphile_worker.add_job('cut', job_key := 'after')`);
    await eventually(() => expect(runs).toHaveLength(3));
    runs[2]!.resolve();
    await eventually(async () => expect(await sql(takenJobs)).toHaveLength(1));
    runs[1]!.resolve();
    await eventually(async () => expect(await sql(takenJobs)).toEqual([]));
  });

  test('that is added after every connection of its runner was ended is run', async () => {
    let runs = 0;
    await run({
      after: async () => {
        runs += 1;
      },
    });
    await sql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await sql("SELECT graphile_worker.add_job('after')");

    await eventually(() => expect(runs).toBe(1));
  });
});

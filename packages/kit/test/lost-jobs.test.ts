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

describe('A job', () => {
  test('of a process that was killed is run again soon; one that runs for long elsewhere is left alone', async () => {
    let begun = 0;
    const held = Promise.withResolvers<void>();
    await run({
      long: async () => {
        begun += 1;
        await held.promise;
      },
    });
    await sql("SELECT graphile_worker.add_job('long')");
    await eventually(() => expect(begun).toBe(1));
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
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { createDataSource, query, statement } from '@shop/kit/database';
import { createDuePoller, type DuePoller, type DuePollerOptions } from '@shop/kit/due-rows';
import { createLogger } from '@shop/kit/logger';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { expectLockOrder } from '@shop/testkit/lock-order';
import { type DataSource } from 'typeorm';

const logger = createLogger({ service: 'test' });
logger.silent = true;

interface Task {
  id: string;
  part: string;
}

let database: TestDatabase;
let dataSource: DataSource;
const pollers: DuePoller[] = [];
/** Releases handlers that a test blocks, also if the test fails. */
let held = Promise.withResolvers<void>();

beforeAll(async () => {
  database = await cloneDatabase('order');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
  await dataSource.query(`
    CREATE TABLE tasks (
      id text, part text, done integer NOT NULL DEFAULT 0, visits integer NOT NULL DEFAULT 0,
      due_at timestamptz, due_tries integer NOT NULL DEFAULT 0, PRIMARY KEY (id, part));
    CREATE INDEX tasks_due ON tasks (due_at) WHERE due_at IS NOT NULL`);
});
beforeEach(() => {
  held = Promise.withResolvers<void>();
});
afterEach(async () => {
  held.resolve();
  await Promise.all(pollers.splice(0).map((poller) => poller.stop()));
  await dataSource.query('TRUNCATE tasks');
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const table = {
  table: 'tasks',
  key: { id: 'text', part: 'text' },
  columns: 'due_row.id, due_row.part, due_row.visits',
  set: 'visits = due_row.visits + 1',
  leaseMs: 10_000,
} as const;

function start(options: Pick<DuePollerOptions<Task>, 'handle'> & Partial<DuePollerOptions<Task>>): DuePoller {
  const poller = createDuePoller<Task>({
    ...{ name: 'tasks', table, dataSource, logger, concurrency: 4 },
    ...options,
  });
  pollers.push(poller);
  poller.start();
  return poller;
}

async function insert(ids: readonly string[], dueIn = '0 s'): Promise<void> {
  await dataSource.query(
    `INSERT INTO tasks (id, part, due_at) SELECT id, 'a', now() + $2::interval FROM unnest($1::text[]) AS id`,
    [ids, dueIn],
  );
}

const finish = statement(
  'Test.finish',
  `UPDATE tasks SET done = done + 1, due_at = NULL WHERE id = ANY ($1) AND due_tries = ANY ($2) RETURNING id`,
);

function finishAll(rows: readonly (Task & { dueTries: number })[]): Promise<{ id: string }[]> {
  return query(dataSource, finish, [rows.map(({ id }) => id), rows.map(({ dueTries }) => dueTries)]);
}

const stateOf = (id: string) =>
  dataSource
    .query<{ done: number; visits: number; tries: number; isDue: boolean }[]>(
      `SELECT done, visits, due_tries AS tries, due_at IS NOT NULL AS "isDue" FROM tasks WHERE id = $1`,
      [id],
    )
    .then(([state]) => state);

const idsUpTo = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const unfinished = () => dataSource.query<unknown[]>('SELECT FROM tasks WHERE due_at IS NOT NULL');

describe('Due rows', () => {
  test('that are due are handled, others are not; the claim makes the assignments of the table', async () => {
    await insert(['due']);
    await insert(['later'], '1 h');
    start({ handle: async (rows) => void (await finishAll(rows)) });
    await eventually(async () =>
      expect(await stateOf('due')).toEqual({ done: 1, visits: 1, tries: 1, isDue: false }),
    );
    expect(await stateOf('later')).toEqual({ done: 0, visits: 0, tries: 0, isDue: true });
  });

  test('are shared by several processes, and each row is handled once', async () => {
    const ids = idsUpTo(300);
    await insert(ids);
    const handledBy = [0, 1].map(() => new Set<string>());
    for (const handled of handledBy)
      start({
        handle: async (rows) => {
          await finishAll(rows);
          for (const { id } of rows) handled.add(id);
        },
      });
    await eventually(async () => expect(await unfinished()).toEqual([]));
    const [sum] = await dataSource.query<[{ done: number; tries: number }]>(
      'SELECT max(done) AS done, max(due_tries) AS tries FROM tasks',
    );
    expect(sum).toEqual({ done: 1, tries: 1 });
    expect((handledBy[0]?.size ?? 0) + (handledBy[1]?.size ?? 0)).toBe(ids.length);
  });

  test('are not claimed at full speed while their handling fails', async () => {
    const count = 2_000;
    await insert(idsUpTo(count));
    let claims = 0;
    start({
      batchSize: 10,
      group: (rows) => [[...rows]],
      handle: async (rows) => {
        claims += rows.length;
        throw new Error('unavailable');
      },
    });
    // The pause of a failed row ends after 0.25 s to 0.5 s.
    const dueAgain = 'SELECT FROM tasks WHERE due_tries = 1 AND due_at <= now()';
    await eventually(async () => expect(await dataSource.query(dueAgain)).not.toEqual([]));
    expect(claims).toBeLessThan(count / 5);
  });

  test('whose handling fails are retried, and the tries are counted', async () => {
    await insert(['fails']);
    let tries = 0;
    start({
      handle: async (rows) => {
        tries += 1;
        if (tries < 3) throw new Error('not yet');
        await finishAll(rows);
      },
    });
    await eventually(async () =>
      expect(await stateOf('fails')).toEqual({ done: 1, visits: 3, tries: 3, isDue: false }),
    );
  });

  test('that get new work while their handling fails keep the time of the new work', async () => {
    await insert(['moved']);
    start({
      handle: async () => {
        await dataSource.query(`UPDATE tasks SET due_at = now() + interval '1 h', due_tries = 0`);
        throw new Error('too late');
      },
    });
    await eventually(async () => expect(await stateOf('moved')).toMatchObject({ visits: 1, tries: 0 }));
    expect(
      await dataSource.query(`SELECT due_at > now() + interval '30 min' AS "isKept" FROM tasks`),
    ).toEqual([{ isKept: true }]);
  });

  test('whose lease has ended are claimed by another process, and the late write is rejected', async () => {
    await insert(['slow']);
    const shortLease = { ...table, leaseMs: 200 };
    let late: { id: string }[] | undefined;
    const first = start({
      table: shortLease,
      handle: async (rows) => {
        await held.promise;
        late = await finishAll(rows);
      },
    });
    await eventually(async () => expect(await stateOf('slow')).toMatchObject({ tries: 1 }));
    const stopped = first.stop();
    start({ handle: async (rows) => void (await finishAll(rows)) });
    await eventually(async () => expect(await stateOf('slow')).toMatchObject({ done: 1, isDue: false }));
    held.resolve();
    await stopped;
    expect(late).toEqual([]);
    expect(await stateOf('slow')).toMatchObject({ done: 1, tries: 2 });
  });

  test('of one group are handled together', async () => {
    await insert(idsUpTo(10));
    const sizes: number[] = [];
    start({
      batchSize: 100,
      group: (rows) => [[...rows]],
      handle: async (rows) => {
        sizes.push(rows.length);
        await finishAll(rows);
      },
    });
    await eventually(async () => expect(await unfinished()).toEqual([]));
    expect(sizes).toEqual([10]);
  });

  test('whose handling fails are locked in the order of their keys', async () => {
    const order = { table: 'tasks', first: `id = 'a'`, second: `id = 'b'` };
    const claimed = Promise.withResolvers<void>();
    await insert(['b', 'a']);
    start({
      group: (rows) => [[...rows]],
      handle: async () => {
        claimed.resolve();
        await held.promise;
        throw new Error('unavailable');
      },
    });
    await claimed.promise;
    await expectLockOrder(database.url, order, async () => held.resolve());
    await eventually(async () => expect(await stateOf('b')).toMatchObject({ isDue: true, tries: 2 }));
  });

  test('of one table can have several pollers, one for each condition', async () => {
    await insert(['slow', 'quick']);
    start({ name: 'slow', table: { ...table, where: `id = 'slow'` }, handle: () => held.promise });
    const onlyQuick = { ...table, where: `id = 'quick'` };
    start({ name: 'quick', table: onlyQuick, handle: async (rows) => void (await finishAll(rows)) });
    await eventually(async () => expect(await stateOf('slow')).toMatchObject({ tries: 1 }));
    await eventually(async () => expect(await stateOf('quick')).toMatchObject({ done: 1, tries: 1 }));
  });

  test('are handled by at most `concurrency` handlers at once', async () => {
    await insert(idsUpTo(20));
    let running = 0;
    let most = 0;
    start({
      concurrency: 3,
      handle: async (rows) => {
        running += 1;
        most = Math.max(most, running);
        await finishAll(rows);
        running -= 1;
      },
    });
    await eventually(async () => expect(await unfinished()).toEqual([]));
    expect(most).toBe(3);
  });
});

describe('A poller', () => {
  const callers = new AsyncLocalStorage<string>();

  test('handles rows outside of the async context of the request that woke it, also in later rounds', async () => {
    await insert(['first']);
    const contexts: Record<string, string> = {};
    const poller = start({
      handle: async (rows) => {
        for (const { id } of rows) contexts[id] = callers.getStore() ?? 'none';
        await finishAll(rows);
      },
    });
    await eventually(async () => expect(contexts).toEqual({ first: 'none' }));
    await callers.run('request', async () => {
      await insert(['woken']);
      poller.wake();
    });
    await eventually(async () => expect(contexts).toMatchObject({ woken: 'none' }));
    await insert(['polled']);
    await eventually(async () => expect(contexts).toMatchObject({ polled: 'none' }));
  });

  test('that is not started claims nothing, even if it is woken', async () => {
    const handled: string[] = [];
    const poller = createDuePoller<Task>({
      ...{ name: 'tasks', table, dataSource, logger, concurrency: 4 },
      handle: async (rows) => {
        handled.push(...rows.map(({ id }) => id));
        await finishAll(rows);
      },
    });
    pollers.push(poller);
    await insert(['first']);
    poller.wake();
    // A claim of this poller would compete with another poller.
    const other = start({ handle: async (rows) => void (await finishAll(rows)) });
    await eventually(async () => expect(await stateOf('first')).toMatchObject({ done: 1 }));
    await other.stop();
    await insert(['second']);
    expect(handled).toEqual([]);
    poller.start();
    await eventually(async () => expect(handled).toEqual(['second']));
  });
});

describe('A poller that is stopped', () => {
  test('waits for the running handlers and claims nothing more', async () => {
    await insert(['running']);
    const poller = start({
      concurrency: 1,
      handle: async (rows) => {
        await held.promise;
        await finishAll(rows);
      },
    });
    await eventually(async () => expect(await stateOf('running')).toMatchObject({ tries: 1 }));
    await insert(['next']);
    const stopped = poller.stop();
    held.resolve();
    await stopped;
    expect(await stateOf('running')).toMatchObject({ done: 1 });
    expect(await stateOf('next')).toMatchObject({ tries: 0, isDue: true });
  });
});

describe('A poller that is stopped with claimed rows in its queue', () => {
  test('makes them due again for other processes immediately', async () => {
    await insert(idsUpTo(6));
    const poller = start({
      ...{ concurrency: 1, batchSize: 6 },
      group: (rows) => rows.map((row) => [row]),
      handle: async (rows) => {
        await held.promise;
        await finishAll(rows);
      },
    });
    const claimed = `SELECT FROM tasks WHERE due_at > now()`;
    await eventually(async () => expect(await dataSource.query(claimed)).toHaveLength(6));
    const stopped = poller.stop();
    await eventually(async () => expect(await dataSource.query(claimed)).toHaveLength(1));
    held.resolve();
    await stopped;
    start({ handle: async (rows) => void (await finishAll(rows)) });
    await eventually(async () => expect(await unfinished()).toEqual([]));
  });
});

describe('While the database is unavailable', () => {
  test('a poller retries, and handles due rows once the database is available again', async () => {
    const separate = await createDataSource({ url: database.url, service: 'test', poolSize: 2 }).initialize();
    let handled = 0;
    start({
      dataSource: separate,
      handle: async (rows) => {
        handled += 1;
        await finishAll(rows);
      },
    });
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await dataSource.query(end);
    await insert(['after']);
    await eventually(() => expect(handled).toBe(1));
    await Promise.all(pollers.splice(0).map((poller) => poller.stop()));
    await separate.destroy();
  });
});

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startStack, type Stack, subgraphNames } from '@shop/local-stack/stack';
import { programEnvironment, testAdmin } from '@shop/testkit/database';
import { allFields, graphqlCheckout, type Selection } from '../../bench/checkout/customer';
import { type CountedPostgres, startCountedPostgres } from '../../counters/counted-postgres';
import { callsOf, type Counts, countsBetween } from '../../counters/counters';
import { createSuspension, type Suspension } from '../../counters/suspension';
import type { WorkLeft } from '../../counters/work-left';
import { expectInvariants } from '../../invariants';
import { type Connection, openConnection } from '../../load/connection';
import { addProductAndCustomer } from '../../load/product-and-customer';

const checkouts = 40;
const warmUps = 8;
/** Concurrent customers, so that background work is batched. */
const customers = 4;

const directory = mkdtempSync(join(tmpdir(), 'shop-statement-count-'));
let postgres: CountedPostgres;
let stack: Stack;
let workLeft: WorkLeft;
let suspension: Suspension;
let connections: Connection[];
let token: string;
let productId: string;

beforeAll(async () => {
  // PostgreSQL can run as another user.
  chmodSync(directory, 0o711);
  // Commits of autovacuum would be counted.
  postgres = await startCountedPostgres({ directory, isDurable: false, settings: { autovacuum: 'off' } });
  stack = await startStack({
    dataDir: join(directory, 'stack'),
    databaseUrls: postgres.databaseUrls,
    admin: testAdmin,
    seedProducts: 0,
    env: programEnvironment(),
  });
  workLeft = await postgres.watchWorkLeft();
  suspension = createSuspension(stack, postgres);
  connections = Array.from({ length: customers }, () => openConnection(stack.gatewayUrl));
  ({ productId, token } = await addProductAndCustomer(stack, { stock: 1_000 }));
}, 300_000);

afterAll(async () => {
  for (const connection of connections ?? []) connection.close();
  await workLeft?.close();
  await stack?.stop();
  await postgres?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function buy(selection: Selection, times: number): Promise<void> {
  const checkout = graphqlCheckout(selection);
  await Promise.all(
    connections.map(async (connection) => {
      for (let count = 0; count < times / customers; count += 1)
        await checkout({ connection, token, productId });
    }),
  );
  await workLeft.untilDone();
}

/** Counts statements while `work` runs, and while the stack is idle for the same time. */
async function count(work: () => Promise<void>): Promise<{ busy: Counts; idle: Counts }> {
  const before = await suspension.resume();
  const beganAt = performance.now();
  await work();
  const lengthMs = performance.now() - beganAt;
  const between = await suspension.suspend();
  const resumed = await suspension.resume();
  await pause(lengthMs);
  const after = await suspension.suspend();
  await suspension.resume();
  return { busy: countsBetween(before, between), idle: countsBetween(resumed, after) };
}

const sum = ({ databases }: Counts, count: (counts: Counts['databases']['user']) => number): number =>
  subgraphNames.reduce((total, name) => total + count(databases[name]), 0);

const totalsOf = (counts: Counts) => ({
  statementsByDatabase: Object.fromEntries(
    subgraphNames.map((name) => [name, callsOf(counts.databases[name].statements)]),
  ),
  statements: sum(counts, ({ statements }) => callsOf(statements)),
  commits: sum(counts, ({ commits }) => commits),
  notifies: sum(counts, ({ notifies }) => notifies),
});

describe('statements of a checkout in all databases, background work included', () => {
  test.each([
    ['status only', { order: 'id status', payment: 'id status' }, 12],
    // Lines, timeline, payments and refunds need one statement each, in both responses.
    ['all fields that REST returns', allFields, 20],
  ])(
    '%s: at most 30 statements, no NOTIFY, and a limited number of commits',
    async (name, selection, limit) => {
      await buy(selection, warmUps);

      const { busy, idle } = await count(() => buy(selection, checkouts));

      const [all, ofIdle] = [totalsOf(busy), totalsOf(idle)];
      const perCheckout = {
        statements: (all.statements - ofIdle.statements) / checkouts,
        commits: (all.commits - ofIdle.commits) / checkouts,
        notifies: all.notifies / checkouts,
      };
      const totals = { perCheckout, [`${checkouts} checkouts`]: all, idle: ofIdle };
      process.stdout.write(`${name}: ${JSON.stringify(totals)}\n`);
      expect(perCheckout.statements).toBeLessThanOrEqual(30);
      expect(perCheckout.commits).toBeLessThanOrEqual(limit);
      expect(perCheckout.notifies).toBe(0);
      await expectInvariants(stack.databaseUrls);
    },
  );
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { pollUntil, processIdentity } from '@shop/local-stack/processes';
import { workspaceRoot } from '@shop/local-stack/stack';
import { temporaryDirectory } from './temporary-directory';

// What `npm start` runs, as a process of its own, in a directory that only its owner may enter.
const dataDir = join(temporaryDirectory(), 'data');
const started = new Set<ChildProcess>();
afterAll(() => started.forEach((child) => child.kill('SIGKILL')));

interface Run {
  child: ChildProcess;
  output(): string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

async function run(ports: readonly number[], ...args: string[]): Promise<Run> {
  const [PORT, USER_PORT, PRODUCT_PORT, ORDER_PORT, PAYMENT_PORT] = ports.map(String);
  const child = spawn(
    process.execPath,
    [join(workspaceRoot, 'packages/local-stack/dist/main.js'), 'start', ...args],
    {
      env: {
        PATH: process.env['PATH'],
        DATA_DIR: dataDir,
        SEED_PRODUCTS: '2',
        ...{ PORT, USER_PORT, PRODUCT_PORT, ORDER_PORT, PAYMENT_PORT },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  started.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, ended, output: () => text };
}

async function isOpen(shop: Run): Promise<void> {
  await pollUntil(() => shop.output().includes('The shop is open') || shop.child.exitCode !== null, {
    timeoutMs: 90_000,
    onTimeout: () => new Error(`not open: ${shop.output()}`),
  });
  expect(shop.output()).toContain('The shop is open');
}

test('npm start: starts, rejects a second one, recovers after SIGKILL, keeps the data, starts with empty data', async () => {
  const ports = await freePorts(5);
  const gateway = `http://127.0.0.1:${ports[0]}`;

  const first = await run(ports);
  await isOpen(first);
  expect((await fetch(`${gateway}/readyz`)).status).toBe(200);
  const password = readFileSync(join(dataDir, 'admin-password'), 'utf8');
  expect(first.output()).toContain(password);
  const [, metricsPort] = /\/metrics on port +gateway (\d+), user \d+, product \d+/.exec(first.output())!;
  for (const origin of [`http://127.0.0.1:${metricsPort}`, gateway])
    expect((await fetch(`${origin}/metrics`)).status).toBe(200);

  const onSamePorts = await run(ports);
  expect(await onSamePorts.ended).toBe(1);
  expect(onSamePorts.output()).toMatch(
    new RegExp(`^\\nPorts ${ports[0]} \\(PORT\\), .* are in use: [^\\n]*\\n$`),
  );

  const onSameData = await run(await freePorts(5));
  expect(await onSameData.ended).toBe(1);
  expect(onSameData.output()).toMatch(/^\n.* is in use by another stack \(process \d+\): [^\n]*\n$/);

  const postgresPid = Number(
    readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0],
  );
  first.child.kill('SIGKILL');
  await pollUntil(async () => processIdentity(postgresPid) === undefined && (await isClosed(gateway)), {
    timeoutMs: 15_000,
    onTimeout: () => new Error('something of the killed stack still runs'),
  });

  const second = await run(ports);
  await isOpen(second);
  expect(second.output()).toContain('Databases: up to date');
  expect(second.output()).toContain(password);
  second.child.kill('SIGINT');
  expect(await second.ended).toBe(0);
  expect(second.output()).toMatch(/Stopped\.\n$/);

  writeFileSync(join(dataDir, 'not-ours'), '');
  const fresh = await run(ports, '--fresh');
  await isOpen(fresh);
  expect(fresh.output()).toContain('migrating and seeding user, product, order, payment');
  expect(fresh.output()).not.toContain(password);
  expect(existsSync(join(dataDir, 'not-ours'))).toBe(true);
  fresh.child.kill('SIGTERM');
  expect(await fresh.ended).toBe(0);
}, 300_000);

async function isClosed(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

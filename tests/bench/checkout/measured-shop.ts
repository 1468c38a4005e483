import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTokenSigner, readKeyRing } from '@shop/kit/auth';
import { serviceNames, type Stack } from '@shop/local-stack/stack';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { type CountedPostgres, startCountedPostgres } from '../../counters/counted-postgres';
import { createSuspension, type Suspension } from '../../counters/suspension';
import type { WorkLeft } from '../../counters/work-left';
import { type BenchShop, openBenchShop } from '../bench-shop';
import { recorderSettings } from './floor/record-statements';
import { cpuMsOf, postgresCpuMs, postgresPssMb, rssMbOf } from './process-stats';

export const processNames = [...serviceNames, 'postgres'] as const;
export type PerProcess = Record<(typeof processNames)[number], number>;

/** A shop with its own PostgreSQL server, which counts statements. */
export interface MeasuredShop extends Suspension {
  name: string;
  /** Output of `git describe` in its folder. */
  version: string;
  stack: Stack;
  databaseUrls: CountedPostgres['databaseUrls'];
  superuserUrl: string;
  inspectorPorts: BenchShop['inspectorPorts'];
  productIds: readonly string[];
  /** @param userId default: a new customer */
  newToken(userId?: string): string;
  cpuMs(): PerProcess;
  memoryMb(): PerProcess;
  untilDone: WorkLeft['untilDone'];
  close(): Promise<void>;
}

const products = 200;
/** So much that no run exhausts it. */
const stock = 1_000_000;

interface MeasuredShopOptions {
  /** A built checkout of the product; default: this one. */
  folder?: string;
  /** Settings of all services. */
  env?: Record<string, string>;
  /** See `openBenchShop`. */
  isInspected?: boolean;
}

export async function openMeasuredShop(
  name: string,
  { folder, env = {}, isInspected = false }: MeasuredShopOptions = {},
): Promise<MeasuredShop> {
  const directory = mkdtempSync(join(tmpdir(), 'shop-bench-postgres-'));
  // PostgreSQL may run as another user than this process.
  chmodSync(directory, 0o711);
  const clear = () => rmSync(directory, { recursive: true, force: true });
  const postgres = await startCountedPostgres({ directory, settings: recorderSettings });
  const stop = () => postgres.stop().finally(clear);
  try {
    const shop = await openBenchShop({
      seedProducts: 1_000,
      env,
      userEnv: { BCRYPT_COST: '10' },
      databaseUrls: postgres.databaseUrls,
      ...(folder && { startStack: programsIn(folder) }),
      isInspected,
    });
    const workLeft = await postgres.watchWorkLeft();
    const closeAll = () => workLeft.close().then(shop.close).finally(stop);
    try {
      return {
        ...(await measuredShop(name, shop.stack, postgres, workLeft)),
        inspectorPorts: shop.inspectorPorts,
        version: versionOf(folder ?? process.cwd()),
        close: closeAll,
      };
    } catch (error) {
      await closeAll();
      throw error;
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns `unknown` outside of a git repository */
function versionOf(folder: string): string {
  const { stdout } = spawnSync('git', ['-C', folder, 'describe', '--always', '--dirty'], {
    encoding: 'utf8',
  });
  return stdout?.trim() || 'unknown';
}

type StackModule = typeof import('@shop/local-stack/stack');

/** `startStack` of another checkout, which starts its own programs with its own settings. */
function programsIn(folder: string): StackModule['startStack'] {
  const path = resolve(folder, 'packages/local-stack/dist/stack');
  return (require(path) as StackModule).startStack;
}

async function measuredShop(
  name: string,
  stack: Stack,
  postgres: CountedPostgres,
  workLeft: WorkLeft,
): Promise<Omit<MeasuredShop, 'version' | 'close' | 'inspectorPorts'>> {
  const { current } = readKeyRing(join(stack.dataDir, 'keys', 'signing'));
  const signer = createTokenSigner({
    currentKey: () => current,
    issuer: 'supergraph-shop',
    audience: 'supergraph-shop',
  });
  const perProcess = (services: (pid: number) => number, server: (pid: number) => number) =>
    Object.fromEntries([
      ...serviceNames.map((service) => [service, services(stack.services[service].pid as number)]),
      ['postgres', server(postgres.pid)],
    ]) as PerProcess;
  const productIds = await createProducts(stack, products);
  return {
    name,
    stack,
    databaseUrls: postgres.databaseUrls,
    superuserUrl: postgres.superuserUrl,
    productIds,
    newToken: (userId = randomUUID()) => signer.sign({ userId, role: 'CUSTOMER', sessionId: randomUUID() }),
    cpuMs: () => perProcess(cpuMsOf, postgresCpuMs),
    memoryMb: () => perProcess(rssMbOf, postgresPssMb),
    untilDone: () => workLeft.untilDone(),
    ...createSuspension(stack, postgres),
  };
}

const loginRetry = { timeoutMs: 60_000, intervalMs: 1_000 };

/** Creates products as the administrator. @returns their IDs */
export async function createProducts({ gatewayUrl, admin }: Stack, count: number): Promise<string[]> {
  const send = rest(gatewayUrl);
  // On a busy machine a login can return 503, because password hashing has a low priority.
  const token = await eventually(async () => {
    const { status, body } = await send('POST', '/v1/auth/login', { body: admin });
    if (status !== 200) throw new Error(`POST /v1/auth/login: ${status} ${JSON.stringify(body)}`);
    return String(body['access_token']);
  }, loginRetry);
  const ids: string[] = [];
  const series = randomUUID();
  while (ids.length < count) {
    const sku = `BENCH-${series}-${ids.length + 1}`;
    const body = { sku, name: `Thing ${sku}`, price_cents: 1_000, currency: 'EUR', stock };
    const created = await send('POST', '/v1/products', { token, body });
    if (created.status !== 201)
      throw new Error(`POST /v1/products: ${created.status} ${JSON.stringify(created.body)}`);
    ids.push(String(created.body['id']));
  }
  return ids;
}

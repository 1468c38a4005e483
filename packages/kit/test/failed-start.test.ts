import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { connectService, databaseEnvironment, runMigrations } from '@shop/kit/database';
import { createLogger } from '@shop/kit/logger';
import type { SubgraphContext } from '@shop/kit/service';
import { type Background, type SubgraphDefinition, subgraphService } from '@shop/kit/subgraph';
import { freePorts, isPortFree } from '@shop/local-stack/ports';
import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { serviceEnvironmentFor } from '@shop/testkit/keys';
import type { DataSource, MigrationInterface } from 'typeorm';
import { z } from 'zod';

const schema = z.object({ ...serviceEnvironment, ...databaseEnvironment });
type Settings = z.infer<typeof schema>;
type Definition = SubgraphDefinition<Settings, SubgraphContext>;

const logger = createLogger({ service: 'test' });
logger.silent = true;

let database: TestDatabase;
let occupied: Server;
/** The steps of the failed start, in order. */
let steps: string[];
let dataSource: DataSource | undefined;

beforeAll(async () => {
  database = await cloneDatabase('order');
  occupied = createServer().listen(0, '127.0.0.1');
  await once(occupied, 'listening');
});
afterAll(async () => {
  occupied.close();
  await database.drop();
});
beforeEach(() => {
  steps = [];
  dataSource = undefined;
});

const failing = new Error('this step fails');
const fail = (): never => {
  throw failing;
};

function part(name: string, start = () => void steps.push(`${name} started`)): Background {
  return { start, stop: async () => void steps.push(`${name} stopped`) };
}

const create: Definition['create'] = ({ background, onClose }) => {
  background(part('first'));
  onClose(() => steps.push('resource closed'));
  background(part('second'));
  return { context: (request) => request };
};

async function start(changes: Partial<Definition>, env: NodeJS.ProcessEnv) {
  const loadSettings = () =>
    loadConfig({
      service: 'test',
      schema,
      env: { ...serviceEnvironmentFor('product', database.url), ...env },
    });
  const { start } = subgraphService<Settings, SubgraphContext>({
    name: 'product',
    identity: { name: 'user', roles: [] },
    loadSettings,
    connect: async (settings) => (dataSource = await connectService({ service: 'failing' }, settings)),
    schemaFile: join(__dirname, 'support/empty.graphql'),
    resolvers: {},
    create,
    ...changes,
  });
  return start(loadSettings(), logger);
}

const connections = () =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query(`SELECT FROM pg_stat_activity WHERE application_name = 'failing'`);
    return rows.length;
  });

const stopped = ['second stopped', 'first stopped', 'resource closed'];
const started = ['first started', 'second started'];

describe('A failed start', () => {
  it.each<[string, Partial<Definition>, string[]]>([
    ['when it connects', { connect: fail }, []],
    [
      'when it creates its parts',
      {
        create(base) {
          void create(base);
          return fail();
        },
      },
      stopped,
    ],
    [
      'when it starts a background part',
      {
        create(base) {
          const parts = create(base);
          base.background(part('third', fail));
          return parts;
        },
      },
      [...started, 'third stopped', ...stopped],
    ],
    ['when it reads the rules of its retention', { retention: { rules: fail } }, [...started, ...stopped]],
    [
      'when it adds its routes',
      { create: async (base) => ({ ...(await create(base)), routes: fail }) },
      [...started, ...stopped],
    ],
  ])(
    '%s stops what it has created, in reverse order, and throws the error',
    async (_step, changes, expected) => {
      const [port, metricsPort] = (await freePorts(2)) as [number, number];
      const env = { PORT: String(port), METRICS_PORT: String(metricsPort) };
      await expect(start(changes, env)).rejects.toBe(failing);
      expect(steps).toEqual(expected);
      expect(dataSource?.isInitialized ?? false).toBe(false);
      await eventually(async () => expect(await connections()).toBe(0));
      expect([await isPortFree(port), await isPortFree(metricsPort)]).toEqual([true, true]);
    },
  );

  it.each<[string, Partial<Definition>, 'PORT' | 'METRICS_PORT' | undefined, RegExp]>([
    ['because its port is in use', {}, 'PORT', /EADDRINUSE/],
    [
      'because the port of its metrics is in use',
      {},
      'METRICS_PORT',
      /METRICS_PORT=\d+ is in use.*set METRICS_PORT/,
    ],
    ['because its schema is not valid', { schemaFile: __filename }, undefined, /Syntax Error/],
  ])('%s stops all started parts and closes the ports', async (_reason, changes, taken, message) => {
    const [port, metricsPort] = (await freePorts(2)) as [number, number];
    const env = { PORT: String(port), METRICS_PORT: String(metricsPort) };
    if (taken) env[taken] = String((occupied.address() as { port: number }).port);
    await expect(start(changes, env)).rejects.toThrow(message);
    expect(steps).toEqual([...started, ...stopped]);
    expect(dataSource?.isInitialized).toBe(false);
    await eventually(async () => expect(await connections()).toBe(0));
    expect(await isPortFree(port)).toBe(true);
    expect(await isPortFree(metricsPort)).toBe(true);
  });
});

test('A part that cannot be stopped does not prevent the others from being stopped', async () => {
  const unstoppable: Background = { start: () => undefined, stop: () => Promise.reject(new Error('stuck')) };
  const changes: Partial<Definition> = {
    create(base) {
      void create(base);
      base.background(unstoppable);
      return fail();
    },
  };
  await expect(start(changes, { PORT: '0' })).rejects.toBe(failing);
  expect(steps).toEqual(stopped);
  await eventually(async () => expect(await connections()).toBe(0));
});

class Later1900000000001 implements MigrationInterface {
  up = () => Promise.resolve();
  down = () => Promise.resolve();
}

test('A start on an older schema creates nothing until the migrations are applied', async () => {
  const own = await cloneDatabase('order');
  const migrations = [Later1900000000001];
  const warnings = jest.spyOn(logger, 'warn');
  const [port] = (await freePorts(1)) as [number];
  const connect: Definition['connect'] = async (settings) =>
    (dataSource = await connectService({ service: 'waiting', migrations }, settings));
  const starting = start({ connect }, { PORT: String(port), DATABASE_URL: own.url });
  await eventually(() =>
    expect(warnings).toHaveBeenCalledWith('waiting for pending migrations', {
      pending: ['Later1900000000001'],
    }),
  );
  expect([steps, await isPortFree(port)]).toEqual([[], true]);
  await runMigrations({ service: 'test', url: own.url, migrations });
  const service = await starting;
  expect([steps, await isPortFree(port)]).toEqual([started, false]);
  await service.stop();
  await own.drop();
});

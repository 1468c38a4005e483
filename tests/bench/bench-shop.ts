import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { startStack, type Stack, subgraphNames } from '@shop/local-stack/stack';

/** The shop as `npm start` runs it, with the figures of its processes. */
export interface BenchShop {
  stack: Stack;
  /** Where a service serves /metrics. */
  metricsUrls: Readonly<Record<keyof Stack['services'], string>>;
  close(): Promise<void>;
}

const quiet = { LOG_LEVEL: 'warn' };

/** A new shop with settings of production's cost, in a directory of its own, which goes with it. */
export async function openBenchShop({
  seedProducts,
  userEnv = {},
  databaseUrls,
  startStack: start = startStack,
}: {
  seedProducts: number;
  /** Settings of the user subgraph. */
  userEnv?: Record<string, string>;
  /** Databases that exist already, all four. */
  databaseUrls?: Stack['databaseUrls'];
  /** That of another checkout of the product. */
  startStack?: typeof startStack;
}): Promise<BenchShop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shop-bench-'));
  const clear = () => rmSync(dataDir, { recursive: true, force: true });
  const ports = await freePorts(subgraphNames.length);
  const metricsPorts = new Map(subgraphNames.map((name, index) => [name, String(ports[index])]));
  const metricsOf = (name: (typeof subgraphNames)[number]) => ({ METRICS_PORT: metricsPorts.get(name) });
  const urlOf = (name: (typeof subgraphNames)[number]) =>
    `http://127.0.0.1:${metricsPorts.get(name)}/metrics`;
  try {
    const stack = await start({
      dataDir,
      ...(databaseUrls && { databaseUrls }),
      seedProducts,
      admin: { email: 'admin@shop.example' },
      env: { ...process.env, ...quiet },
      serviceEnv: {
        user: { ...metricsOf('user'), ...userEnv },
        product: metricsOf('product'),
        order: metricsOf('order'),
        payment: metricsOf('payment'),
      },
    });
    return {
      stack,
      metricsUrls: {
        gateway: `${stack.gatewayUrl}/metrics`,
        user: urlOf('user'),
        product: urlOf('product'),
        order: urlOf('order'),
        payment: urlOf('payment'),
      },
      close: () => stack.stop().finally(clear),
    };
  } catch (error) {
    clear();
    throw error;
  }
}

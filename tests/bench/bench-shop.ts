import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { recordOf, serviceNames, startStack, type Stack, subgraphNames } from '@shop/local-stack/stack';

/** The shop as `npm start` runs it, with the metrics endpoints of its processes. */
export interface BenchShop {
  stack: Stack;
  /** Where a service serves /metrics. */
  metricsUrls: Readonly<Record<keyof Stack['services'], string>>;
  /** Where each process's inspector listens on 127.0.0.1, if `isInspected`. */
  inspectorPorts: Readonly<Record<keyof Stack['services'], number>>;
  close(): Promise<void>;
}

const quiet = { LOG_LEVEL: 'warn' };

/** A new shop with settings of production's cost, in a temporary directory that `close` deletes. */
export async function openBenchShop({
  seedProducts,
  env = {},
  userEnv = {},
  databaseUrls,
  startStack: start = startStack,
  isInspected = false,
}: {
  seedProducts: number;
  /** Settings of all services. */
  env?: Record<string, string>;
  /** Settings of the user subgraph. */
  userEnv?: Record<string, string>;
  /** Existing databases, all four. */
  databaseUrls?: Stack['databaseUrls'];
  /** `startStack` of another checkout of the product. */
  startStack?: typeof startStack;
  /** Starts the processes with an inspector. Default false. */
  isInspected?: boolean;
}): Promise<BenchShop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shop-bench-'));
  const clear = () => rmSync(dataDir, { recursive: true, force: true });
  const ports = await freePorts(subgraphNames.length + serviceNames.length);
  const portFor = () => ports.pop() as number;
  const metricsPorts = recordOf(subgraphNames, portFor);
  const inspectorPorts = recordOf(serviceNames, portFor);
  const serviceEnv = recordOf(serviceNames, (name) => ({
    ...(name !== 'gateway' && { METRICS_PORT: String(metricsPorts[name]) }),
    ...(isInspected && { NODE_OPTIONS: `--inspect=127.0.0.1:${inspectorPorts[name]}` }),
    ...(name === 'user' && userEnv),
  }));
  try {
    const stack = await start({
      dataDir,
      ...(databaseUrls && { databaseUrls }),
      seedProducts,
      admin: { email: 'admin@shop.example' },
      env: { ...process.env, ...quiet, ...env },
      serviceEnv,
    });
    return {
      stack,
      inspectorPorts,
      metricsUrls: {
        gateway: `${stack.gatewayUrl}/metrics`,
        ...recordOf(subgraphNames, (name) => `http://127.0.0.1:${metricsPorts[name]}/metrics`),
      },
      close: () => stack.stop().finally(clear),
    };
  } catch (error) {
    clear();
    throw error;
  }
}

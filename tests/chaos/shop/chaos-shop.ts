import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack, type Stack } from '@shop/local-stack/stack';
import { programEnvironment } from '@shop/testkit/database';
import { createNetwork, type Network } from '@shop/testkit/replicas';
import { type Account, logInAs } from '../clients/account';
import { requestsTo, type SendRequest } from '../clients/request';
import { CrashSwitch } from '../faults/crash-switch';
import type { DeclinePolicy } from '../options/options';
import { type Assortment, createAssortment } from './assortment';

/** The real shop behind TCP proxies, with clients and a switch for crash points. */
export interface ChaosShop {
  stack: Stack;
  network: Network;
  send: SendRequest;
  admin: Account;
  assortment: Assortment;
  crashSwitch: CrashSwitch;
  close(): Promise<void>;
}

/** ORDER_TTL_SECONDS: short, so that unpaid orders expire during the run. */
const orderTtlSeconds = '30';

export interface ChaosShopOptions {
  /** Number of processes of each service. */
  replicas: number;
  /** Receives the services' logs when the shop is closed. */
  logsDir: string;
  decline: DeclinePolicy;
}

/** Starts the shop in a temporary directory that `close` deletes. */
export async function openChaosShop({ replicas, logsDir, decline }: ChaosShopOptions): Promise<ChaosShop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shop-chaos-'));
  const crashSwitch = new CrashSwitch(join(dataDir, 'crash-points'));
  const network = await createNetwork(replicas);
  const clear = async () => {
    await network.close();
    keepLogs(join(dataDir, 'logs'), logsDir);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const stack = await startStack({
      ...network.placement,
      dataDir,
      admin: { email: 'admin@shop.example' },
      seedProducts: 0,
      env: {
        ...programEnvironment(),
        ...{ LOG_LEVEL: 'warn', CRASH_POINTS_DIR: crashSwitch.directory },
        DRAIN_DELAY_MS: replicas > 1 ? '500' : '0',
      },
      serviceEnv: {
        order: { ORDER_TTL_SECONDS: orderTtlSeconds, PAYMENT_DECLINE: decline },
        // Webhooks are duplicated and reordered; the authentication time limit is shorter than the
        // run.
        payment: { SIMULATOR_WEBHOOK_CHAOS: 'true', PAYMENT_ACTION_SECONDS: '8' },
      },
    });
    const close = () => stack.stop().finally(clear);
    const send = requestsTo(stack.gatewayUrl);
    const admin = await logInAs(send, stack.admin);
    return { stack, network, send, admin, assortment: await createAssortment(admin), crashSwitch, close };
  } catch (error) {
    await clear();
    throw error;
  }
}

function keepLogs(from: string, to: string): void {
  if (existsSync(from)) cpSync(from, to, { recursive: true });
}

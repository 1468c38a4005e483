import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack, type Stack } from '@shop/local-stack/stack';
import { programEnvironment } from '@shop/testkit/database';
import { type Account, signInAs } from '../clients/account';
import { requestsTo, type SendRequest } from '../clients/request';
import { CrashSwitch } from '../faults/crash-switch';
import { type Assortment, stockShelves } from './assortment';

/** The real shop, with what the chaos needs to know of it. */
export interface ChaosShop {
  stack: Stack;
  send: SendRequest;
  admin: Account;
  assortment: Assortment;
  crashSwitch: CrashSwitch;
  /** Where the services' logs are. */
  dataDir: string;
  close(): Promise<void>;
}

/** Short, so that orders that nobody pays expire within the run. */
const timeToPaySeconds = '30';

/** Starts the shop in a directory of its own, which goes with it. */
export async function openChaosShop(options: { onNotice: (line: string) => void }): Promise<ChaosShop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shop-chaos-'));
  const crashSwitch = new CrashSwitch(join(dataDir, 'crash-points'));
  try {
    const stack = await startStack({
      dataDir,
      admin: { email: 'admin@shop.example' },
      seedProducts: 0,
      env: { ...programEnvironment(), LOG_LEVEL: 'error', CRASH_POINTS_DIR: crashSwitch.directory },
      serviceEnv: { order: { ORDER_TTL_SECONDS: timeToPaySeconds } },
      onNotice: options.onNotice,
    });
    const close = async () => {
      await stack.stop();
      rmSync(dataDir, { recursive: true, force: true });
    };
    const send = requestsTo(stack.gatewayUrl);
    const admin = await signInAs(send, stack.admin);
    return { stack, send, admin, assortment: await stockShelves(admin), crashSwitch, dataDir, close };
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

import { randomUUID } from 'node:crypto';
import {
  signSimulatorWebhook,
  simulatorSignatureHeader,
} from '../../src/providers/simulator/simulator-webhook';

export const webhookSecret = 'a secret of the tests';

/** A webhook as the simulator sends it; `changes` makes it another one. */
export interface SimulatedWebhook {
  id: string;
  body: string | Buffer;
  headers: Record<string, string>;
}

export function simulatedWebhook(
  chargeKey: string,
  changes: { id?: string; type?: string; body?: string; secret?: string; at?: Date } = {},
): SimulatedWebhook {
  const { id = `sim_evt_${randomUUID()}`, type = 'charge.succeeded', secret = webhookSecret, at } = changes;
  const created = Math.floor(Date.now() / 1_000);
  const body = changes.body ?? JSON.stringify({ id, type, created, data: { key: chargeKey } });
  const signature = signSimulatorWebhook(body, { secrets: [secret], ...(at ? { at } : {}) });
  return { id, body, headers: { [simulatorSignatureHeader]: signature } };
}

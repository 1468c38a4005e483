import { createHmac, randomUUID } from 'node:crypto';

/** SIMULATOR_WEBHOOK_SECRET of a payment service under test. */
export const webhookSecret = 'the secret of simulated webhooks';

/** A webhook of the payment simulator. */
export interface SimulatedWebhook {
  id: string;
  body: string;
  headers: Record<string, string>;
}

/**
 * Signed with `webhookSecret` at the current time, unless `changes` overrides it. The signature is
 * computed independently of the code of the simulator.
 */
export function simulatedWebhook(
  chargeKey: string,
  changes: { id?: string; type?: string; body?: string; secret?: string; at?: Date } = {},
): SimulatedWebhook {
  const {
    id = `sim_evt_${randomUUID()}`,
    type = 'charge.succeeded',
    secret = webhookSecret,
    at = new Date(),
  } = changes;
  const seconds = Math.floor(at.getTime() / 1_000);
  const body = changes.body ?? JSON.stringify({ id, type, created: seconds, data: { key: chargeKey } });
  return { id, body, headers: signedHeaders(body, { secret, at }) };
}

/** The signature header of a body. */
export function signedHeaders(
  body: string | Buffer,
  { secret = webhookSecret, at = new Date() } = {},
): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1_000);
  const signature = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
  return { 'simulator-signature': `t=${seconds},v1=${signature}` };
}

import { createHmac, randomUUID } from 'node:crypto';

/** The payment process of the stack has the same secret. */
export const webhookSecret = 'a-secret-of-the-authorization-tests';

/** A webhook about an unknown charge, signed like those of the simulator: docs/decisions/0011. */
export function signedWebhook(): { body: string; headers: Record<string, string> } {
  const seconds = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({ id: randomUUID(), type: 'charge.succeeded', created: seconds, data: {} });
  const signature = createHmac('sha256', webhookSecret).update(`${seconds}.${body}`).digest('hex');
  return { body, headers: { 'simulator-signature': `t=${seconds},v1=${signature}` } };
}

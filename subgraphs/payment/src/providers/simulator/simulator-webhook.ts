import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { type WebhookDelivery, type WebhookNotice, WebhookRefused } from '../payment-provider';

/** Name of the header: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, `v1` once for each secret in use. */
export const simulatorSignatureHeader = 'simulator-signature';

/** How far the time of signing may be from now, either way: an old delivery that was overheard is worthless. */
const toleranceMs = 5 * 60_000;

const noticeSchema = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  /** Unix seconds. */
  created: z.number().int().nonnegative().max(253_402_300_799),
  data: z.object({ key: z.string(), orderId: z.string() }).partial(),
});

/** What the simulator sends. */
export type SimulatorWebhookBody = z.infer<typeof noticeSchema>;

/** The header's value; several secrets while one takes the place of another. */
export function signSimulatorWebhook(
  body: string | Buffer,
  { secrets, at = new Date() }: { secrets: readonly string[]; at?: Date },
): string {
  const seconds = String(Math.floor(at.getTime() / 1_000));
  return [
    `t=${seconds}`,
    ...secrets.map((secret) => `v1=${digest(seconds, body, secret).toString('hex')}`),
  ].join(',');
}

/** @throws WebhookRefused */
export function readSimulatorWebhook(
  { body, headers }: WebhookDelivery,
  { secret, now = new Date() }: { secret: string; now?: Date },
): WebhookNotice {
  checkSignature(body, headers[simulatorSignatureHeader], { secret, now });
  const notice = noticeSchema.safeParse(parseJson(body));
  if (!notice.success) throw new WebhookRefused('simulator: the webhook has no id, type, created or data');
  const { id, type, created, data } = notice.data;
  return { id, type, chargeKey: data.key ?? null, occurredAt: new Date(created * 1_000) };
}

function checkSignature(
  body: Buffer,
  header: string | undefined,
  expected: { secret: string; now: Date },
): void {
  const { seconds, signatures } = parseHeader(header ?? '');
  if (!/^\d{1,12}$/.test(seconds)) throw new WebhookRefused('simulator: the webhook is not signed');
  const wanted = digest(seconds, body, expected.secret);
  // Every signature is compared: the time taken tells nothing about which one was nearly right.
  const matches = signatures.filter((signature) => timingSafeEqual(wanted, signature));
  if (matches.length === 0) throw new WebhookRefused('simulator: the signature of the webhook is wrong');
  if (Math.abs(expected.now.getTime() - Number(seconds) * 1_000) > toleranceMs) {
    throw new WebhookRefused('simulator: the webhook was signed more than five minutes from now');
  }
}

function parseHeader(header: string): { seconds: string; signatures: Buffer[] } {
  const entries = header.split(',').map((part) => part.split('=', 2) as [string, string | undefined]);
  const valuesOf = (name: string) => entries.filter(([key]) => key === name).map(([, value]) => value ?? '');
  return {
    seconds: valuesOf('t')[0] ?? '',
    // Checked first, because a Buffer takes of what is not hex as much as it likes.
    signatures: valuesOf('v1')
      .filter((signature) => /^[0-9a-f]{64}$/.test(signature))
      .map((signature) => Buffer.from(signature, 'hex')),
  };
}

function digest(seconds: string, body: string | Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new WebhookRefused('simulator: the webhook is no JSON', { cause });
  }
}

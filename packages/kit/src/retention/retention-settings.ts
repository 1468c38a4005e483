import { z } from 'zod';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

const longest = 100_000;

/**
 * A setting for a retention time, in whole hours or days.
 *
 * @param why what a shorter time would break, for the error message
 */
export function retentionSetting(setting: {
  unit: 'hours' | 'days';
  minimum: number;
  byDefault: number;
  why: string;
}) {
  const { unit, minimum, byDefault, why } = setting;
  return z.coerce
    .number()
    .int()
    .min(minimum, `it must be at least ${minimum} ${unit}, because ${why}`)
    .max(longest)
    .default(byDefault);
}

/** Settings of a service that keeps idempotency keys. */
export const idempotencyRetention = {
  /** How long the response to a request with an idempotency key is kept. */
  IDEMPOTENCY_RETENTION_HOURS: retentionSetting({
    ...{ unit: 'hours', minimum: 24, byDefault: 72 },
    why: 'clients repeat a request for up to a day, and one after the retention is executed again',
  }),
};

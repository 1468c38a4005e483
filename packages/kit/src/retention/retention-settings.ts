import { z } from 'zod';
import type { RetentionRule } from './retention-rule';

const unitMs = { hours: 3_600_000, days: 24 * 3_600_000 };

const longest = 100_000;

/** One retention time of a service, a whole number of hours or days. */
interface Retention {
  unit: keyof typeof unitMs;
  minimum: number;
  byDefault: number;
  /** Why the minimum is required, for the error message. */
  why: string;
  /** What is deleted after this time. */
  rows: readonly Omit<RetentionRule, 'retentionMs'>[];
}

/**
 * Defines the retention rules of a service by the names of their settings.
 *
 * @returns the settings for the service's environment, and the rules with the values of the
 *   settings
 */
export function defineRetention<Name extends string>(retentions: Record<Name, Retention>) {
  const entries = Object.entries<Retention>(retentions) as [Name, Retention][];
  return {
    environment: Object.fromEntries(
      entries.map(([name, retention]) => [name, settingOf(retention)]),
    ) as Record<Name, ReturnType<typeof settingOf>>,
    rules: (settings: Record<Name, number>): RetentionRule[] =>
      entries.flatMap(([name, { unit, rows }]) =>
        rows.map((rule) => ({ ...rule, retentionMs: settings[name] * unitMs[unit] })),
      ),
  };
}

function settingOf({ unit, minimum, byDefault, why }: Retention) {
  return z.coerce
    .number()
    .int()
    .min(minimum, `it must be at least ${minimum} ${unit}, because ${why}`)
    .max(longest)
    .default(byDefault);
}

/** How long the response to a request with an idempotency key is kept. */
export const idempotencyRetention = {
  unit: 'hours',
  minimum: 24,
  byDefault: 72,
  why: 'clients repeat a request for up to a day, and one after the retention is executed again',
} as const;

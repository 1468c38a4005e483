/**
 * When an order expires, by the database's clock: `expires_at`, and for a draft, which has none, a minute after it was
 * opened, because its client is gone by then.
 *
 * Decisions that depend on it use `isOverdue` of the row that was read, and the UPDATE repeats the comparison: a process
 * that was slow or stopped in between can neither pay an expired order nor expire one that is being paid.
 *
 * @param table its name or alias
 */
export function hasExpired(table: string): string {
  const expiresAt = `COALESCE(${table}.expires_at, ${table}.created_at + interval '${longestDraftSeconds} seconds')`;
  return `${expiresAt} <= now()`;
}

export const longestDraftSeconds = 60;

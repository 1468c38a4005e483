/**
 * SQL condition: the order has expired, by the database's clock. A draft has no `expires_at` and
 * expires one minute after it was opened, when its client has timed out.
 *
 * Decisions use `isOverdue` of the row that was read, and the UPDATE repeats the comparison. So a
 * process that was paused in between can neither pay an expired order nor expire one that is being
 * paid.
 *
 * @param table name or alias of `orders`
 */
export function hasExpired(table: string): string {
  const expiresAt = `COALESCE(${table}.expires_at, ${table}.created_at + interval '${longestDraftSeconds} seconds')`;
  return `${expiresAt} <= now()`;
}

export const longestDraftSeconds = 60;

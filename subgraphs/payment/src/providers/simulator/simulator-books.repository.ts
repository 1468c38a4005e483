import { type ExportScope, scopeCondition, scopeParameters, type Snapshot } from '@shop/kit/operator';

/** A charge in the provider's records. Times are milliseconds since 1970. */
export interface ChargeRecord {
  kind: 'charge';
  orderId: string;
  provider: string;
  /** The key of the payment attempt. */
  key: string;
  /** The provider's ID of the charge. */
  reference: string;
  amountCents: number;
  currency: string;
  isRefunded: boolean;
  sinceMs: number;
}

/** Successful charges that have settled, sorted by order. */
export function simulatorCharges(snapshot: Snapshot, scope: ExportScope): AsyncGenerator<ChargeRecord> {
  return snapshot.rows<ChargeRecord>(
    `/* SimulatorBooks.charges */
     SELECT 'charge' AS kind, order_id AS "orderId", 'simulator' AS provider, charges.key, charges.reference,
            amount_cents::float8 AS "amountCents", currency, coalesce(refund."isRefunded", false) AS "isRefunded",
            (extract(epoch FROM greatest(settles_at, created_at, refund.since)) * 1000)::float8 AS "sinceMs"
       FROM simulator.charges
       LEFT JOIN LATERAL (
         SELECT bool_or(settles_at <= now() AND (fails_at IS NULL OR fails_at > now())) AS "isRefunded",
                max(greatest(created_at, CASE WHEN settles_at <= now() THEN settles_at END,
                             CASE WHEN fails_at <= now() THEN fails_at END)) AS since
           FROM simulator.refunds WHERE charge_key = charges.key
       ) AS refund ON true
      WHERE outcome = 'succeeded' AND settles_at <= now() AND ${scopeCondition('order_id')}
      ORDER BY order_id, charges.key`,
    scopeParameters(scope),
  );
}

/** Orders with a charge or refund that has changed since; may contain duplicates. */
export function changedCharges(snapshot: Snapshot, since: Date): AsyncGenerator<{ orderId: string }> {
  return snapshot.rows<{ orderId: string }>(
    `/* SimulatorBooks.changed */
     SELECT 'changed' AS kind, order_id AS "orderId" FROM simulator.charges WHERE settles_at >= $1
     UNION ALL
     SELECT 'changed', order_id
       FROM simulator.refunds JOIN simulator.charges ON charges.key = charge_key
      WHERE refunds.created_at >= $1 - interval '1 minute'`,
    [since],
  );
}

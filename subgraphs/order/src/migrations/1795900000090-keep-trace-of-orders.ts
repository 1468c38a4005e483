import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The trace of the request that caused the next step of an order; null for older orders. */
export class KeepTraceOfOrders1795900000090 implements MigrationInterface {
  readonly name = 'KeepTraceOfOrders1795900000090';

  // The column has no default, so no row is rewritten. The function with nine parameters stays,
  // because processes of the release before call it.
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE orders ADD COLUMN IF NOT EXISTS traceparent text');
    await queryRunner.query(openDraft);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP FUNCTION open_draft(uuid, uuid, jsonb, text, bytea, integer, integer, integer, integer, text)',
    );
    await queryRunner.query('ALTER TABLE orders DROP COLUMN IF EXISTS traceparent');
  }
}

// VOLATILE (the default), so that each statement has a snapshot of its own: open orders are counted after the customer's
// lock was waited for. The key comes before the lock, and nobody who waits for a key holds the lock, so the two cannot
// deadlock. A hash collision of two customers only makes them wait. An order that is PAYING does not expire.
const openDraft = `
CREATE FUNCTION open_draft(
  new_id uuid, customer uuid, lines jsonb, used_key text, used_hash bytea,
  maximum_orders integer, maximum_units integer, draft_seconds integer, due_in_ms integer, trace text)
RETURNS TABLE (kind text, current integer, product_id uuid, opened_at timestamptz)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  IF used_key IS NOT NULL THEN
    INSERT INTO idempotency_keys (user_id, key, operation, request_hash, order_id, attempt)
    VALUES (customer, used_key, 'createOrder', used_hash, new_id, 0) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RETURN QUERY SELECT 'KEY_USED', NULL::integer, NULL::uuid, NULL::timestamptz;
      RETURN;
    END IF;
  END IF;
  IF maximum_orders IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(3077, hashtext(customer::text));
    RETURN QUERY
      WITH open AS (
        SELECT id, draft_lines FROM orders
         WHERE user_id = customer AND step IN ('RESERVING', 'AWAITING_PAYMENT', 'PAYING')
           AND (step = 'PAYING' OR COALESCE(expires_at, created_at + draft_seconds * interval '1 second') > now())
      ), wanted AS (
        SELECT (line->>'productId')::uuid AS product, (line->>'quantity')::integer AS units, place
          FROM jsonb_array_elements(lines) WITH ORDINALITY AS each (line, place)
      ), held AS (
        SELECT product, sum(units)::integer AS units
          FROM (SELECT item.product_id AS product, item.quantity AS units
                  FROM open JOIN order_items AS item ON item.order_id = open.id
                UNION ALL
                SELECT (draft->>'productId')::uuid, (draft->>'quantity')::integer
                  FROM open, jsonb_array_elements(open.draft_lines) AS draft) AS line
         WHERE product IN (SELECT product FROM wanted) GROUP BY product
      )
      SELECT reached.kind, reached.current, reached.product, NULL::timestamptz
        FROM (SELECT 'TOO_MANY_OPEN_ORDERS' AS kind, count(*)::integer AS current, NULL::uuid AS product, 0 AS place
                FROM open HAVING count(*) >= maximum_orders
              UNION ALL
              SELECT 'TOO_MANY_HELD_UNITS', COALESCE(held.units, 0), wanted.product, wanted.place
                FROM wanted LEFT JOIN held ON held.product = wanted.product
               WHERE COALESCE(held.units, 0) + wanted.units > maximum_units) AS reached
       ORDER BY reached.place LIMIT 1;
    IF FOUND THEN
      DELETE FROM idempotency_keys WHERE user_id = customer AND key = used_key;
      RETURN;
    END IF;
  END IF;
  INSERT INTO orders (id, user_id, step, draft_lines, due_at, traceparent)
  VALUES (new_id, customer, 'RESERVING', lines, now() + due_in_ms * interval '1 millisecond', trace);
  RETURN QUERY SELECT 'OPENED', NULL::integer, NULL::uuid, now();
END $$`;

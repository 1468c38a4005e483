import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Functions that reserve and release in one round trip and one commit. They are VOLATILE: each statement in them has its own
 * snapshot, so that what was committed during a wait for a lock is seen. Reservations are locked before products, and products
 * in the order of their IDs, by every writer.
 */
export class ReserveInOneStatement1795900000020 implements MigrationInterface {
  readonly name = 'ReserveInOneStatement1795900000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(reserveStock);
    await runner.query(releaseStock);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION reserve_stock, release_stock');
  }
}

/**
 * Reserves all lines or none. `product_ids`: distinct, NULL for an ID that no product can have. `depletion_events`: a JSON array
 * of `{subscriber, event}`, with an event for each product whose `data.sku` is filled in here; stored for the products whose
 * stock becomes 0.
 *
 * The plans are generic: PostgreSQL would plan the statements for the length of the arrays again and again, which takes longer
 * than to run them. OFFSET 0 makes the lookup one by the primary key, however few products there are.
 */
const reserveStock = `
  CREATE FUNCTION reserve_stock(
    reserved_order uuid, product_ids uuid[], quantities int[], depletion_events jsonb
  ) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
  DECLARE
    refusal jsonb;
    reserved_lines jsonb;
    reservation_status text;
  BEGIN
    LOOP
      -- Without locks, so that a refusal neither waits nor writes.
      SELECT CASE
          WHEN bool_or(stock IS NULL) THEN jsonb_build_object('kind', 'UNKNOWN_PRODUCTS',
            'positions', jsonb_agg(position ORDER BY position) FILTER (WHERE stock IS NULL))
          WHEN min(currency) <> max(currency) THEN jsonb_build_object('kind', 'MIXED_CURRENCIES',
            'currencies', jsonb_agg(DISTINCT currency))
          WHEN bool_or(stock < quantity) THEN jsonb_build_object('kind', 'STOCK_SHORT',
            'lines', jsonb_agg(
              jsonb_build_object('productId', product_id, 'requested', quantity, 'available', stock)
              ORDER BY position) FILTER (WHERE stock < quantity))
        END
        INTO refusal
        FROM unnest(product_ids, quantities) WITH ORDINALITY AS line (product_id, quantity, position)
        LEFT JOIN LATERAL (
          SELECT stock, currency FROM products WHERE id = product_id OFFSET 0
        ) AS product ON true;

      IF refusal IS NULL THEN
        BEGIN
          -- Waits for a transaction that reserves or releases for the same order.
          INSERT INTO reservations (order_id, status) VALUES (reserved_order, 'HELD') ON CONFLICT DO NOTHING;
          IF FOUND THEN
            WITH locked AS (
              SELECT id, array_position(product_ids, id) AS position
                FROM products WHERE id = ANY (product_ids) ORDER BY id FOR NO KEY UPDATE
            ), taken AS (
              UPDATE products SET stock = stock - quantities[position]
                FROM locked WHERE products.id = locked.id AND stock >= quantities[position]
              RETURNING products.id, position, quantities[position] AS quantity, sku, name, price_cents, currency, stock
            ), stored AS (
              INSERT INTO reservation_lines
                (order_id, product_id, position, quantity, sku, name, unit_price_cents, currency)
              SELECT reserved_order, id, position, quantity, sku, name, price_cents, currency FROM taken
            ), deliveries AS (
              INSERT INTO event_deliveries (event_id, subscriber, event, due_at)
              SELECT (event ->> 'id')::uuid, subscriber, jsonb_set(event, '{data,sku}', to_jsonb(sku)), now()
                FROM jsonb_to_recordset(depletion_events) AS delivery (subscriber text, event jsonb)
                JOIN taken ON event ->> 'subject' = id::text
               WHERE stock = 0
            )
            SELECT jsonb_agg(jsonb_build_object(
                'productId', id, 'position', position, 'quantity', quantity, 'sku', sku, 'name', name,
                'unitPriceCents', price_cents, 'currency', currency) ORDER BY position)
              INTO reserved_lines
              FROM taken
            HAVING count(*) = cardinality(product_ids) AND min(currency) = max(currency);
            IF FOUND THEN RETURN jsonb_build_object('kind', 'RESERVED', 'lines', reserved_lines); END IF;
            -- Undoes the reservation with what was taken for it.
            RAISE 'The products changed during the reservation' USING ERRCODE = 'SR001';
          END IF;
        EXCEPTION WHEN SQLSTATE 'SR001' THEN CONTINUE;
        END;
      END IF;

      -- After the products were read: a reservation of this order that took the last units is seen here.
      SELECT status INTO reservation_status FROM reservations WHERE order_id = reserved_order;
      IF reservation_status = 'RELEASED' THEN RETURN jsonb_build_object('kind', 'CLOSED'); END IF;
      IF FOUND THEN
        RETURN jsonb_build_object('kind', 'RESERVED', 'lines', (
          SELECT jsonb_agg(jsonb_build_object(
              'productId', product_id, 'position', position, 'quantity', quantity, 'sku', sku, 'name', name,
              'unitPriceCents', unit_price_cents, 'currency', currency) ORDER BY position)
            FROM reservation_lines WHERE order_id = reserved_order));
      END IF;
      IF refusal IS NOT NULL THEN RETURN refusal; END IF;
    END LOOP;
  END $$`;

/**
 * Closes the order's reservation and returns its units to the stock, once. Without a reservation it stores a closed one, so that
 * a later reserve is refused.
 */
const releaseStock = `
  CREATE FUNCTION release_stock(released_order uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
  DECLARE
    had_units boolean;
  BEGIN
    -- Waits for a reserve of the same order; its lines are in the snapshot of the next statement only.
    INSERT INTO reservations AS reservation (order_id, status) VALUES (released_order, 'RELEASED')
      ON CONFLICT (order_id) DO UPDATE SET status = 'RELEASED', updated_at = now()
      WHERE reservation.status <> 'RELEASED'
      RETURNING old.order_id IS NOT NULL INTO had_units;
    IF had_units THEN
      WITH line AS (
        SELECT products.id, quantity FROM products JOIN reservation_lines ON product_id = products.id
         WHERE order_id = released_order ORDER BY products.id FOR NO KEY UPDATE OF products
      )
      UPDATE products SET stock = stock + quantity FROM line WHERE products.id = line.id;
    END IF;
  END $$`;

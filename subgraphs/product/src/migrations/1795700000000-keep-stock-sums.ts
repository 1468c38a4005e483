import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Running sums per product, so that checking the stock does not read its whole history. Triggers keep them: in the transaction of
 * every movement, whoever makes it, also a process of the version before this one.
 *
 * Writers are not held while existing rows are summed. The triggers come first and collect what moves from then on. In each later
 * snapshot the records exceed the sums by what there was before, a constant, and adding it commutes with all movements. So an
 * interrupted migration can run again: the records exceed the sums only for products that were not completed.
 */
export class KeepStockSums1795700000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const [{ created }] = (await runner.query(`SELECT to_regclass('stock_sums') IS NOT NULL AS created`)) as [
      { created: boolean },
    ];
    if (!created) await createSums(runner);
    for (const missing of (await runner.query(missingSums)) as MissingSums[]) {
      // Each in a transaction of its own: one that holds a single lock can be in no deadlock.
      await runner.query('SELECT add_to_stock_sums($1, $2, $3)', [
        missing.product_id,
        missing.reserved,
        missing.ledger,
      ]);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER stock_ledger_truncated ON stock_ledger;
      DROP TRIGGER reservation_lines_truncated ON reservation_lines;
      DROP TRIGGER reservations_kept ON reservations;
      DROP TRIGGER reservations_summed ON reservations;
      DROP TRIGGER reservation_lines_summed ON reservation_lines;
      DROP TRIGGER stock_ledger_summed ON stock_ledger;
      DROP FUNCTION clear_stock_sums, keep_reservation, sum_reservation, sum_reservation_line, sum_stock_ledger,
        add_to_stock_sums;
      DROP TABLE stock_sums`);
  }
}

async function createSums(runner: QueryRunner): Promise<void> {
  await runner.startTransaction();
  try {
    // Writers queue behind this lock, and their statements may take 2 s. An autovacuum gives way after 1 s.
    await runner.query(`SET LOCAL lock_timeout = '1500ms'`);
    // Ends after every transaction that has written without the triggers. In the order in which writers lock.
    await runner.query(
      'LOCK TABLE reservations, products, reservation_lines, stock_ledger IN SHARE ROW EXCLUSIVE MODE',
    );
    await runner.query(stockSums);
    for (const trigger of [ledgerTrigger, lineTrigger, statusTrigger, deleteTrigger, truncateTriggers])
      await runner.query(trigger);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

// Beside `products`, whose `updated_at` is a version that clients see. Every movement locks its product first, so that two never
// wait for each other here. No reference: a product that is removed leaves nothing to check.
const stockSums = `
  CREATE TABLE stock_sums (
    product_id uuid PRIMARY KEY,
    -- Units of lines whose reservation is HELD or COMMITTED.
    reserved bigint NOT NULL,
    -- Σ stock_ledger.delta.
    ledger bigint NOT NULL
  ) WITH (fillfactor = 70);

  CREATE FUNCTION add_to_stock_sums(product uuid, reserved_units bigint, ledger_units bigint) RETURNS void
    LANGUAGE sql AS $$
    INSERT INTO stock_sums AS sums VALUES (product, reserved_units, ledger_units)
    ON CONFLICT (product_id) DO UPDATE
      SET reserved = sums.reserved + excluded.reserved, ledger = sums.ledger + excluded.ledger
  $$`;

interface MissingSums {
  product_id: string;
  reserved: number;
  ledger: number;
}

// One statement: the records and the sums as of one snapshot.
const missingSums = `
  SELECT product_id, sum(reserved)::bigint AS reserved, sum(ledger)::bigint AS ledger
    FROM (SELECT product_id, quantity AS reserved, 0 AS ledger
            FROM reservation_lines JOIN reservations USING (order_id) WHERE status <> 'RELEASED'
          UNION ALL SELECT product_id, 0, delta FROM stock_ledger
          UNION ALL SELECT product_id, -reserved, -ledger FROM stock_sums) AS movements
   GROUP BY product_id HAVING sum(reserved) <> 0 OR sum(ledger) <> 0`;

const ledgerTrigger = `
  CREATE FUNCTION sum_stock_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM add_to_stock_sums(OLD.product_id, 0, -OLD.delta); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM add_to_stock_sums(NEW.product_id, 0, NEW.delta); END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER stock_ledger_summed AFTER INSERT OR UPDATE OR DELETE ON stock_ledger
    FOR EACH ROW EXECUTE FUNCTION sum_stock_ledger()`;

const lineTrigger = `
  CREATE FUNCTION sum_reservation_line() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE line reservation_lines := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  BEGIN
    IF EXISTS (SELECT FROM reservations WHERE order_id = line.order_id AND status <> 'RELEASED') THEN
      IF TG_OP <> 'INSERT' THEN PERFORM add_to_stock_sums(OLD.product_id, -OLD.quantity, 0); END IF;
      IF TG_OP <> 'DELETE' THEN PERFORM add_to_stock_sums(NEW.product_id, NEW.quantity, 0); END IF;
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER reservation_lines_summed AFTER INSERT OR UPDATE OR DELETE ON reservation_lines
    FOR EACH ROW EXECUTE FUNCTION sum_reservation_line()`;

// A transition from HELD to COMMITTED changes no sum.
const statusTrigger = `
  CREATE FUNCTION sum_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    sign int := CASE WHEN NEW.status = 'RELEASED' THEN -1 ELSE 1 END;
  BEGIN
    -- Locks products before sums, in order of their IDs, like every other movement.
    PERFORM FROM products WHERE id IN (SELECT product_id FROM reservation_lines WHERE order_id = NEW.order_id)
      ORDER BY id FOR NO KEY UPDATE;
    PERFORM add_to_stock_sums(product_id, sign * quantity, 0) FROM reservation_lines WHERE order_id = NEW.order_id;
    RETURN NULL;
  END $$;
  CREATE TRIGGER reservations_summed AFTER UPDATE OF status ON reservations FOR EACH ROW
    WHEN ((OLD.status = 'RELEASED') <> (NEW.status = 'RELEASED')) EXECUTE FUNCTION sum_reservation()`;

// Its lines would be removed without being subtracted: when their trigger runs, the status is gone.
const deleteTrigger = `
  CREATE FUNCTION keep_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE 'The reservation of order % is % and cannot be deleted', OLD.order_id, OLD.status
      USING HINT = 'Release it first.';
  END $$;
  CREATE TRIGGER reservations_kept BEFORE DELETE ON reservations FOR EACH ROW
    WHEN (OLD.status <> 'RELEASED') EXECUTE FUNCTION keep_reservation()`;

const truncateTriggers = `
  CREATE FUNCTION clear_stock_sums() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_TABLE_NAME = 'stock_ledger' THEN UPDATE stock_sums SET ledger = 0;
    ELSE UPDATE stock_sums SET reserved = 0;
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER stock_ledger_truncated AFTER TRUNCATE ON stock_ledger EXECUTE FUNCTION clear_stock_sums();
  CREATE TRIGGER reservation_lines_truncated AFTER TRUNCATE ON reservation_lines
    EXECUTE FUNCTION clear_stock_sums()`;

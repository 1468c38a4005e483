import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reservations and the stock ledger. Per product: stock + held + committed = Σ ledger.delta. */
export class CreateStockRecords1764000000001 implements MigrationInterface {
  readonly name = 'CreateStockRecords1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE reservations (
        order_id uuid PRIMARY KEY,
        status text NOT NULL CHECK (status IN ('HELD', 'COMMITTED', 'RELEASED')),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE TABLE reservation_lines (
        order_id uuid NOT NULL REFERENCES reservations,
        product_id uuid NOT NULL REFERENCES products,
        position int NOT NULL,
        quantity int NOT NULL CHECK (quantity > 0),
        sku text NOT NULL,
        name text NOT NULL,
        unit_price_cents bigint NOT NULL CHECK (unit_price_cents BETWEEN 0 AND 10000000000),
        currency char(3) NOT NULL,
        PRIMARY KEY (order_id, product_id)
      );

      CREATE TABLE stock_ledger (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        product_id uuid NOT NULL REFERENCES products,
        delta int NOT NULL CHECK (delta <> 0),
        reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 200),
        actor text NOT NULL,
        idempotency_key text,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX stock_ledger_by_product ON stock_ledger (product_id, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stock_ledger, reservation_lines, reservations');
  }
}

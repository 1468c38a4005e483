import { inboxTable } from '@shop/events/inbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOrders1795374000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(orders);
    for (const index of ordersIndexes) await queryRunner.query(index);
    await queryRunner.query(orderItems);
    await queryRunner.query(orderEvents);
    await queryRunner.query(idempotencyKeys);
    await queryRunner.query('CREATE INDEX idempotency_keys_order ON idempotency_keys (order_id)');
    await queryRunner.query(inboxTable);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE inbox, idempotency_keys, order_events, order_items, orders');
  }
}

// `status` is null for a draft. It is generated, so that it cannot disagree with the step.
const orders = `
CREATE TABLE orders (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id uuid NOT NULL,
  step text NOT NULL CHECK (step IN ('RESERVING', 'ABANDONING', 'AWAITING_PAYMENT', 'PAYING', 'COMMITTING', 'SETTLED',
                                     'REFUNDING', 'RELEASING', 'CLOSED')),
  status text GENERATED ALWAYS AS (
    CASE WHEN step IN ('AWAITING_PAYMENT', 'PAYING') THEN 'PENDING'
         WHEN step IN ('COMMITTING', 'SETTLED') THEN 'CONFIRMED'
         WHEN step IN ('REFUNDING', 'RELEASING', 'CLOSED') THEN 'CANCELLED' END) STORED,
  attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  attempt_resumed boolean NOT NULL DEFAULT false,
  payment_method text,
  payment_id uuid,
  cancel_reason text CHECK (cancel_reason IN ('CUSTOMER', 'PAYMENT_FAILED', 'EXPIRED', 'ADMIN')),
  draft_lines jsonb,
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  total_cents bigint CHECK (total_cents BETWEEN 0 AND 9007199254740991),
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT orders_draft_or_placed CHECK (
    CASE WHEN step IN ('RESERVING', 'ABANDONING') THEN draft_lines IS NOT NULL
         ELSE draft_lines IS NULL AND currency IS NOT NULL AND total_cents IS NOT NULL AND expires_at IS NOT NULL END),
  CONSTRAINT orders_paid_by CHECK (step NOT IN ('COMMITTING', 'SETTLED', 'REFUNDING') OR payment_id IS NOT NULL),
  CONSTRAINT orders_cancelled_why CHECK (
    (step IN ('REFUNDING', 'RELEASING', 'CLOSED')) = (cancel_reason IS NOT NULL))
)`;

// The lists, newest first, with and without a status, of one user and of everybody.
const ordersIndexes = [
  'CREATE INDEX orders_user ON orders (user_id, id) WHERE status IS NOT NULL',
  'CREATE INDEX orders_user_status ON orders (user_id, status, id)',
  'CREATE INDEX orders_status ON orders (status, id)',
];

const orderItems = `
CREATE TABLE order_items (
  order_id uuid NOT NULL REFERENCES orders (id),
  position integer NOT NULL,
  product_id uuid NOT NULL,
  sku text NOT NULL,
  name text NOT NULL,
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
  unit_price_cents bigint NOT NULL CHECK (unit_price_cents BETWEEN 0 AND 9007199254740991),
  PRIMARY KEY (order_id, position)
)`;

const orderEvents = `
CREATE TABLE order_events (
  order_id uuid NOT NULL REFERENCES orders (id),
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL,
  status text NOT NULL CHECK (status IN ('PENDING', 'CONFIRMED', 'CANCELLED')),
  message text NOT NULL,
  PRIMARY KEY (order_id, sequence)
)`;

// No reference to orders: a key outlives the draft that was refused.
const idempotencyKeys = `
CREATE TABLE idempotency_keys (
  user_id uuid NOT NULL,
  key text NOT NULL,
  operation text NOT NULL,
  request_hash bytea NOT NULL,
  order_id uuid NOT NULL,
  attempt integer NOT NULL,
  outcome jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, key)
)`;

import { createIndexConcurrently, dropIndexConcurrently, replaceCheck } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One small index per table finds what is due, and everything that is not finished. */
const due: Readonly<Record<string, string>> = {
  payments_due: 'ON payments (due_at) WHERE due_at IS NOT NULL',
  refunds_due: 'ON refunds (due_at) WHERE due_at IS NOT NULL',
  webhooks_due: 'ON webhooks (due_at) WHERE due_at IS NOT NULL',
  settlements_due: 'ON settlements (due_at) WHERE due_at IS NOT NULL',
  'simulator.notices_due': 'ON simulator.notices (due_at) WHERE due_at IS NOT NULL',
};

/** They found the unfinished rows; the checks below make the new indexes find the same. */
const replaced: Readonly<Record<string, string>> = {
  payments_undecided: `ON payments (created_at) WHERE status IN ('PENDING', 'UNKNOWN', 'REQUIRES_ACTION')`,
  refunds_pending: `ON refunds (created_at) WHERE status = 'PENDING'`,
  webhooks_received_at_idx1: 'ON webhooks (received_at) WHERE processed_at IS NULL',
};

/** No row whose work is not finished can be without its time, and so be forgotten. */
const checks = [
  {
    table: 'payments',
    name: 'payments_due_if_undecided',
    condition: `(due_at IS NOT NULL) = (status IN ('PENDING', 'UNKNOWN', 'REQUIRES_ACTION'))`,
  },
  {
    table: 'refunds',
    name: 'refunds_due_if_pending',
    condition: `(due_at IS NOT NULL) = (status = 'PENDING')`,
  },
  {
    table: 'webhooks',
    name: 'webhooks_due_if_unprocessed',
    condition: '(due_at IS NOT NULL) = (processed_at IS NULL)',
  },
];

/** Checked at each update of a payment, so without a regular expression. */
const currency = {
  table: 'payments',
  name: 'payments_currency_check',
  now: `length(currency) = 3 AND translate(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '') = ''`,
  before: `currency ~ '^[A-Z]{3}$'`,
};

export class IndexDueRows1795900000011 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of Object.entries(due))
      await createIndexConcurrently(runner, name, definition);
    for (const check of checks) {
      // Also what a process of the former version wrote after the columns were added.
      await runner.query(
        `UPDATE ${check.table} SET due_at = CASE WHEN due_at IS NULL THEN now() END WHERE NOT (${check.condition})`,
      );
      await replaceCheck(runner, check);
    }
    await replaceCheck(runner, { ...currency, condition: currency.now });
    // Without statistics of the new columns, whole tables would be read until autovacuum has gathered them.
    await runner.query(
      'ANALYZE payments (due_at), refunds (due_at), webhooks (due_at), settlements (due_at)',
    );
    for (const name of Object.keys(replaced)) await dropIndexConcurrently(runner, name);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of Object.entries(replaced))
      await createIndexConcurrently(runner, name, definition);
    await replaceCheck(runner, { ...currency, condition: currency.before });
    for (const { table, name } of checks)
      await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${name}`);
    for (const name of Object.keys(due)) await dropIndexConcurrently(runner, name);
  }
}

import { createIndexConcurrently, dropIndexConcurrently } from '@shop/kit/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * For their retention: two keys per checkout, and the oldest are deleted first, in batches. A BRIN index would be smaller, but
 * each batch would read and sort every row that is old enough.
 */
export class FindOldIdempotencyKeys1795900000030 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await createIndexConcurrently(runner, 'idempotency_keys_created_at', 'ON idempotency_keys (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndexConcurrently(runner, 'idempotency_keys_created_at');
  }
}

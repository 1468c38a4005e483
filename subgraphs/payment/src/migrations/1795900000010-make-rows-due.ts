import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Rows with work left carry `due_at` (decision 0051). What is left to do follows from each row's own state; keys to close and
 * the simulator's webhooks were only in the job queue, if this database has one.
 */
export class MakeRowsDue1795900000010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE payments
        ADD COLUMN due_at timestamptz,
        ADD COLUMN due_tries integer NOT NULL DEFAULT 0,
        ADD COLUMN traceparent text`);
    await queryRunner.query(
      `UPDATE payments SET due_at = now() WHERE status IN ('PENDING', 'UNKNOWN', 'REQUIRES_ACTION')`,
    );
    await queryRunner.query('ALTER TABLE refunds RENAME COLUMN next_try_at TO due_at');
    await queryRunner.query(`
      ALTER TABLE refunds
        ADD COLUMN due_tries integer NOT NULL DEFAULT 0,
        ADD COLUMN traceparent text,
        ALTER COLUMN due_at TYPE timestamptz,
        ALTER COLUMN due_at DROP DEFAULT`);
    await queryRunner.query(`
      UPDATE refunds SET due_at = CASE WHEN status = 'PENDING' THEN coalesce(due_at, now()) END
       WHERE (due_at IS NOT NULL) <> (status = 'PENDING')`);
    await queryRunner.query(`
      ALTER TABLE webhooks
        ADD COLUMN due_at timestamptz,
        ADD COLUMN due_tries integer NOT NULL DEFAULT 0`);
    await queryRunner.query('UPDATE webhooks SET due_at = now() WHERE processed_at IS NULL');
    await queryRunner.query(`
      ALTER TABLE settlements
        ADD COLUMN due_at timestamptz,
        ADD COLUMN due_tries integer NOT NULL DEFAULT 0`);
    await queryRunner.query(`
      CREATE TABLE simulator.notices (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        notice_id text NOT NULL,
        type text NOT NULL,
        created bigint NOT NULL,
        key text NOT NULL,
        order_id uuid NOT NULL,
        due_at timestamptz,
        due_tries integer NOT NULL DEFAULT 0,
        sent_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    if (await this.hasJobs(queryRunner)) await this.takeJobs(queryRunner);
  }

  /** What is left to do is not moved back into jobs. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE simulator.notices');
    for (const table of ['settlements', 'webhooks'])
      await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN due_at, DROP COLUMN due_tries`);
    await queryRunner.query('ALTER TABLE refunds DROP COLUMN due_tries, DROP COLUMN traceparent');
    await queryRunner.query('ALTER TABLE refunds RENAME COLUMN due_at TO next_try_at');
    await queryRunner.query(
      'ALTER TABLE refunds ALTER COLUMN next_try_at TYPE timestamptz(3), ALTER COLUMN next_try_at SET DEFAULT now()',
    );
    await queryRunner.query(
      'ALTER TABLE payments DROP COLUMN due_at, DROP COLUMN due_tries, DROP COLUMN traceparent',
    );
  }

  private async hasJobs(queryRunner: QueryRunner): Promise<boolean> {
    const [row] = (await queryRunner.query(
      `SELECT to_regclass('graphile_worker._private_jobs') IS NOT NULL AS "hasJobs"`,
    )) as [{ hasJobs: boolean }];
    return row.hasJobs;
  }

  /** A job that was running when its process ended is taken as well. */
  private async takeJobs(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      UPDATE settlements SET due_at = jobs.run_at
        FROM graphile_worker._private_jobs AS jobs JOIN graphile_worker._private_tasks AS tasks ON tasks.id = task_id
       WHERE tasks.identifier = 'close-key-of-settled-payment' AND payment_id = (payload->>'paymentId')::uuid`);
    await queryRunner.query(`
      INSERT INTO simulator.notices (notice_id, type, created, key, order_id, due_at, due_tries)
      SELECT payload->>'id', payload->>'type', (payload->>'created')::bigint, payload->>'key',
             (payload->>'orderId')::uuid, run_at, (payload->>'attempt')::integer - 1
        FROM graphile_worker._private_jobs AS jobs JOIN graphile_worker._private_tasks AS tasks ON tasks.id = task_id
       WHERE tasks.identifier = 'send-simulator-notice'`);
  }
}

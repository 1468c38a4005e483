import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programEnvironment } from '@shop/testkit/database';
import { withClient } from '@shop/local-stack/postgres';

/** From the built programs of chaos. */
const builtProgram = join(__dirname, '../../../../subgraphs/payment/dist/operate.js');

/** Retries failed refunds with payment's operator program; each needs one retry. */
export class RefundOperator {
  /** Payments whose refund was retried. */
  readonly retried: string[] = [];

  constructor(
    private readonly paymentDatabaseUrl: string,
    private readonly program = builtProgram,
  ) {}

  async retryFailed(): Promise<void> {
    const failed = await withClient(this.paymentDatabaseUrl, async (client) => {
      const sql = `SELECT payment_id AS id FROM refunds WHERE status = 'FAILED'`;
      return (await client.query<{ id: string }>(sql)).rows;
    });
    const ids = failed.map(({ id }) => id);
    if (ids.length === 0) return;
    this.retried.push(...ids);
    await promisify(execFile)(process.execPath, [this.program, 'refunds', 'retry', ...ids], {
      env: { ...programEnvironment(), DATABASE_URL: this.paymentDatabaseUrl },
    });
  }

  /**
   * Payments with the method `sim_refund_failed`: each refund of them fails once, and no other
   * fails.
   */
  async findUnexpectedRefunds(): Promise<string[]> {
    const rows = await withClient(this.paymentDatabaseUrl, async (client) => {
      const sql = `SELECT payment_id AS id, payment_method AS method, round, refunds.status
                     FROM refunds JOIN payments ON payments.id = payment_id`;
      return (await client.query<{ id: string; method: string; round: number; status: string }>(sql)).rows;
    });
    return rows.flatMap(({ id, method, round, status }) => {
      const rounds = method === 'sim_refund_failed' ? 2 : 1;
      const isRight = status === 'SUCCEEDED' && round === rounds;
      return isRight ? [] : [`the refund of payment ${id} (${method}) is ${status} in round ${round}`];
    });
  }
}

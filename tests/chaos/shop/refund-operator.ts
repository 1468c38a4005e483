import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programEnvironment } from '@shop/testkit/database';
import { withClient } from '@shop/local-stack/postgres';

/** Path from the built programs of chaos. */
const builtProgram = join(__dirname, '../../../../subgraphs/payment/dist/operate.js');

/** Retries failed refunds with the operator program of payment. A failed refund needs one retry. */
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
   * Describes refunds in an unexpected state: refunds of `sim_refund_failed` must have succeeded in
   * the second round, all others in the first.
   */
  async findUnexpectedRefunds(): Promise<string[]> {
    const rows = await withClient(this.paymentDatabaseUrl, async (client) => {
      const sql = `SELECT payment_id AS id, payment_method AS method, round, refunds.status
                     FROM refunds JOIN payments ON payments.id = payment_id`;
      return (await client.query<{ id: string; method: string; round: number; status: string }>(sql)).rows;
    });
    return rows.flatMap(({ id, method, round, status }) => {
      const rounds = method === 'sim_refund_failed' ? 2 : 1;
      const isExpected = status === 'SUCCEEDED' && round === rounds;
      return isExpected ? [] : [`the refund of payment ${id} (${method}) is ${status} in round ${round}`];
    });
  }
}

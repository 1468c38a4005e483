import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Simulated charges whose customer must authenticate. */
export class SimulateAuthentication1795800000001 implements MigrationInterface {
  readonly transaction = false;

  up(runner: QueryRunner): Promise<void> {
    return allowOutcomes(runner, ['requires_action', 'succeeded', 'declined', 'cancelled']);
  }

  down(runner: QueryRunner): Promise<void> {
    return allowOutcomes(runner, ['succeeded', 'declined', 'cancelled']);
  }
}

/** Only VALIDATE reads the rows, with a lock that allows writes. */
async function allowOutcomes(runner: QueryRunner, outcomes: readonly string[]): Promise<void> {
  const condition = `outcome IN (${outcomes.map((outcome) => `'${outcome}'`).join(', ')})`;
  await runner.query(
    `ALTER TABLE simulator.charges DROP CONSTRAINT IF EXISTS charges_outcome_check,
                                   ADD CONSTRAINT charges_outcome_check CHECK (${condition}) NOT VALID`,
  );
  await runner.query('ALTER TABLE simulator.charges VALIDATE CONSTRAINT charges_outcome_check');
}

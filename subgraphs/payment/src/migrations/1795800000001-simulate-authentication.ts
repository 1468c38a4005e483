import { replaceCheck } from '@shop/kit/database';
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

function allowOutcomes(runner: QueryRunner, outcomes: readonly string[]): Promise<void> {
  const condition = `outcome IN (${outcomes.map((outcome) => `'${outcome}'`).join(', ')})`;
  return replaceCheck(runner, { table: 'simulator.charges', name: 'charges_outcome_check', condition });
}

import { setTimeout as pause } from 'node:timers/promises';
import { findStockViolations } from '../../invariants/invariants';

const pauseMs = 250;

export interface StockSamples {
  count: number;
  /** Samples for which the database was unavailable. */
  unanswered: number;
  violations: string[];
}

export interface StockSampler {
  /** Takes a last sample. */
  stop(): Promise<StockSamples>;
}

/** Checks repeatedly that stock + held + committed = ledger and that nothing is negative. */
export function sampleStock(productDatabaseUrl: string): StockSampler {
  const samples: StockSamples = { count: 0, unanswered: 0, violations: [] };
  let isStopped = false;

  async function take(): Promise<void> {
    try {
      samples.violations.push(...(await findStockViolations(productDatabaseUrl)));
      samples.count += 1;
    } catch {
      samples.unanswered += 1;
    }
  }

  async function run(): Promise<void> {
    while (!isStopped) {
      await take();
      await pause(pauseMs);
    }
    await take();
  }

  const running = run();
  return {
    async stop() {
      isStopped = true;
      await running;
      return samples;
    },
  };
}

import { setTimeout as pause } from 'node:timers/promises';
import { findStockViolations } from '../../invariants/invariants';

const pauseMs = 250;

export interface StockSamples {
  count: number;
  /** Number of samples that failed because the database was unavailable. */
  failed: number;
  violations: string[];
}

export interface StockSampler {
  /** Stops the sampler after a last sample. */
  stop(): Promise<StockSamples>;
}

/** Checks every 250 ms that stock + held + committed = ledger, and that no value is negative. */
export function sampleStock(productDatabaseUrl: string): StockSampler {
  const samples: StockSamples = { count: 0, failed: 0, violations: [] };
  let isStopped = false;

  async function takeSample(): Promise<void> {
    try {
      samples.violations.push(...(await findStockViolations(productDatabaseUrl)));
      samples.count += 1;
    } catch {
      samples.failed += 1;
    }
  }

  async function run(): Promise<void> {
    while (!isStopped) {
      await takeSample();
      await pause(pauseMs);
    }
    await takeSample();
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

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import type { Load, LoadReport } from './load.program';

export interface LoadGenerator {
  /** @throws Error if a request fails */
  run(load: Load): Promise<Exclude<LoadReport, { error: string }>>;
  close(): void;
}

/** Starts the process that sends the requests. */
export function startLoadGenerator(): LoadGenerator {
  const child = fork(join(workspaceRoot, 'tests/dist/bench/gateway/load.program.js'));
  const ended = once(child, 'exit').then(() => ({ error: 'The load generator has ended.' }));
  return {
    async run(load) {
      child.send(load);
      const report = await Promise.race([
        once(child, 'message').then(([message]) => message as LoadReport),
        ended,
      ]);
      if ('error' in report) throw new Error(report.error);
      return report;
    },
    close: () => void child.kill(),
  };
}

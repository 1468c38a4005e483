import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shared by all test files of a jest run; created by the global setup. */
export interface TestRun {
  /** Temporary; removed after the run. */
  directory: string;
  superuserUrl: string;
  /** Connection URLs of the template databases, by subgraph, as the owning role. */
  templateUrls: Readonly<Record<string, string>>;
  /** Contains `services/` and `signing/`. */
  keysDir: string;
  /** Serves the public signing keys, for tests without the user subgraph. */
  jwksUrl: string;
}

const variable = 'TESTKIT_RUN';

/** Publishes the run to this process and to the workers that it starts. */
export function publishTestRun(run: TestRun): void {
  const file = join(run.directory, 'run.json');
  writeFileSync(file, JSON.stringify(run), { mode: 0o600 });
  process.env[variable] = file;
}

/** @throws Error outside of the jest projects with a database */
export function currentTestRun(): TestRun {
  const file = process.env[variable];
  if (!file) {
    throw new Error(
      'No test database: run this file in the jest project integration, e2e or faults (--selectProjects)',
    );
  }
  return JSON.parse(readFileSync(file, 'utf8')) as TestRun;
}

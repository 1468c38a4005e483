import { cpSync, globSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import type { EmbeddedPostgres } from '@shop/local-stack/postgres';

interface StartedResources {
  directory: string;
  postgres: EmbeddedPostgres;
  jwks: Server;
}

let started: StartedResources | undefined;

/** Stores the started resources for the global teardown, which jest runs in the same process. */
export function onTeardown(what: StartedResources): void {
  started = what;
}

/**
 * Stops the resources; keeps the logs in artifacts/logs, in a separate folder if a program makes
 * several runs.
 */
export default async function globalTeardown(): Promise<void> {
  if (!started) return;
  const { directory, postgres, jwks } = started;
  jwks.close();
  jwks.closeAllConnections();
  await postgres.stop();
  keepLogs(directory);
  rmSync(directory, { recursive: true, force: true });
}

function keepLogs(directory: string): void {
  const target = join('artifacts', 'logs', process.env['TEST_RUN'] ?? 'jest');
  rmSync(target, { recursive: true, force: true });
  for (const logs of globSync(['logs', 'stack-*/logs'], { cwd: directory }))
    cpSync(join(directory, logs), join(target, dirname(logs)), { recursive: true });
}

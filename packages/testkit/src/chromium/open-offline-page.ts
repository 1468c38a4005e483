import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { chromiumProgram } from './chromium-program';

export interface OfflinePage {
  page: Page;
  /** Stops the browser and removes its profile. */
  close(): Promise<void>;
}

const programArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // No host name resolves, so requests to the internet fail as without a network.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/**
 * A page of a headless Chromium with a new profile that can reach 127.0.0.1 only.
 *
 * @throws Error if Chromium is not installed
 */
export async function openOfflinePage(): Promise<OfflinePage> {
  const executablePath = chromiumProgram();
  if (!executablePath) throw new Error('Chromium was not found: install it or set CHROMIUM_BIN');
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: programArguments,
    viewport: { width: 1_500, height: 900 },
  });
  return {
    page: context.pages()[0] ?? (await context.newPage()),
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { describeWithProgram, requireProgram } from './optional-server';

const chromiumProgram = {
  names: ['chromium', 'chromium-browser', 'google-chrome'],
  variable: 'CHROMIUM_BIN',
} as const;

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

/** `describe` for tests that need Chromium; skipped if it is not installed. */
export function describeWithChromium(title: string, tests: () => void): void {
  describeWithProgram(chromiumProgram, title, tests);
}

/**
 * A page of a headless Chromium with a new profile that can reach 127.0.0.1 only.
 *
 * @throws Error if Chromium is not installed
 */
export async function openOfflinePage(): Promise<OfflinePage> {
  const executablePath = requireProgram(chromiumProgram);
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

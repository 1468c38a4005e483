import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { chromiumProgram } from './chromium-program';

export interface OfflinePage {
  page: Page;
  /** Ends the browser and removes its profile. */
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
  // No name resolves: what a page loads from the internet fails as it does without a network.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/**
 * A page of a headless Chromium with a new profile, which reaches 127.0.0.1 and nothing else.
 *
 * @throws Error when this machine has no Chromium
 */
export async function openOfflinePage(): Promise<OfflinePage> {
  const executablePath = chromiumProgram();
  if (!executablePath) throw new Error('there is no chromium here');
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

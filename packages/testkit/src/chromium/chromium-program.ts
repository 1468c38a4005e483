import { spawnSync } from 'node:child_process';

/** The path of Chromium: CHROMIUM_BIN, or from PATH; undefined if not installed. */
export function chromiumProgram(): string | undefined {
  const { CHROMIUM_BIN } = process.env;
  const candidates = CHROMIUM_BIN ? [CHROMIUM_BIN] : ['chromium', 'chromium-browser', 'google-chrome'];
  for (const program of candidates) {
    const { status, stdout } = spawnSync('which', [program], { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
  return undefined;
}

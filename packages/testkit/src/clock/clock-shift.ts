import { join } from 'node:path';

/** The built one, from packages/testkit/{src,dist}/clock: Node loads it before the program. */
const preload = join(__dirname, '../../dist/clock/shift-clock.js');

/**
 * Environment of a process whose clock is so many seconds ahead, or behind where negative. Its
 * timers run as ever.
 */
export function clockShiftedBy(seconds: number): Record<string, string> {
  return { NODE_OPTIONS: `--require ${preload}`, CLOCK_SHIFT_MS: String(seconds * 1_000) };
}

import { join } from 'node:path';

/** The built module, which Node loads before the program. */
const preload = join(__dirname, '../dist/shift-clock.js');

/**
 * Environment of a process whose clock is ahead by `seconds`, or behind if negative. Timers are not
 * affected.
 */
export function clockShiftedBy(seconds: number): Record<string, string> {
  return { NODE_OPTIONS: `--require ${preload}`, CLOCK_SHIFT_MS: String(seconds * 1_000) };
}

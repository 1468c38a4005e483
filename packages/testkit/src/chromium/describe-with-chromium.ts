import { describeWithServer } from '../optional-server';
import { chromiumProgram } from './chromium-program';

/** `describe` for what needs a real browser; skipped where there is none. */
export function describeWithChromium(title: string, tests: () => void): void {
  const isHere = chromiumProgram() !== undefined;
  describeWithServer({ name: 'chromium', isHere, variable: 'CHROMIUM_BIN' }, title, tests);
}

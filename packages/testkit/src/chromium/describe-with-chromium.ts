import { describeWithServer } from '../optional-server';
import { chromiumProgram } from './chromium-program';

/** `describe` for tests that need Chromium; skipped if it is not installed. */
export function describeWithChromium(title: string, tests: () => void): void {
  const isHere = chromiumProgram() !== undefined;
  describeWithServer({ name: 'chromium', isHere, variable: 'CHROMIUM_BIN' }, title, tests);
}

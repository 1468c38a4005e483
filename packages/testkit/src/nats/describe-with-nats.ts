import { describeWithServer } from '../optional-server';
import { natsProgram } from './nats-program';

/** `describe` for tests that need nats-server; skipped if it is not installed. */
export function describeWithNats(title: string, tests: () => void): void {
  const isHere = natsProgram() !== undefined;
  describeWithServer({ name: 'nats-server', isHere, variable: 'NATS_SERVER_BIN' }, title, tests);
}

import { describeWithServer } from '../optional-server';
import { natsProgram } from './nats-program';

/** `describe` for what needs a real nats-server; skipped where there is none. */
export function describeWithNats(title: string, tests: () => void): void {
  const isHere = natsProgram() !== undefined;
  describeWithServer({ name: 'nats-server', isHere, variable: 'NATS_SERVER_BIN' }, title, tests);
}

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Directory of servers on Debian, which is not in the PATH of ordinary users. */
const serverDirectory = '/usr/sbin';

/**
 * The nats-server of this machine: NATS_SERVER_BIN, or the first on the PATH; undefined if there is
 * none.
 */
export function natsProgram(): string | undefined {
  const { NATS_SERVER_BIN, PATH = '' } = process.env;
  if (NATS_SERVER_BIN) return NATS_SERVER_BIN;
  const candidates = [...PATH.split(delimiter), serverDirectory].map((path) => join(path, 'nats-server'));
  return candidates.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian puts servers; the PATH of ordinary users lacks it. */
const serverDirectory = '/usr/sbin';

/**
 * The nats-server of this machine: NATS_SERVER_BIN, or the first on the PATH; undefined when there
 * is none.
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

import { generateKeyPair, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { flushDirectory, replaceFile } from '../secret-file';
import { StackError } from '../stack-error';

const newKeyPair = promisify(generateKeyPair);

const ringFile = z.object({
  keys: z.array(
    z.object({
      kid: z.string(),
      /** next: published, does not sign yet · current: signs · retired: only verifies */
      status: z.enum(['next', 'current', 'retired']),
      createdAt: z.iso.datetime(),
      /** When it stopped signing; retired keys only. */
      retiredAt: z.iso.datetime().optional(),
    }),
  ),
});

/** One key in `ring.json`, the ring that signs access tokens. */
export type RingKey = z.infer<typeof ringFile>['keys'][number];

const fileOf = (directory: string) => join(directory, 'ring.json');
const pemOf = (directory: string, kid: string) => join(directory, `${kid}.pem`);

/** @throws StackError with the remedy */
export function readRingFile(directory: string): RingKey[] {
  try {
    return ringFile.parse(JSON.parse(readFileSync(fileOf(directory), 'utf8'))).keys;
  } catch (cause) {
    throw new StackError(
      `There is no readable signing key ring in ${directory}: run \`npm start\` to create one, or set DATA_DIR or SIGNING_KEYS_DIR`,
      { cause },
    );
  }
}

/**
 * Written last and atomically, so that the ring names only keys that exist.
 *
 * @throws StackError while another process changes it
 */
export function writeRingFile(directory: string, keys: readonly RingKey[]): void {
  const draft = `${fileOf(directory)}.new`;
  try {
    writeFileSync(draft, JSON.stringify({ keys }, null, 2), { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new StackError(`Another process is changing the key ring; if none is running, remove ${draft}`, {
      cause,
    });
  }
  renameSync(draft, fileOf(directory));
  flushDirectory(directory);
}

/** Writes a new private key (PKCS8, RSA 2048). @returns its kid */
export async function addKeyFile(directory: string, now = new Date()): Promise<string> {
  const kid = `${now.toISOString().slice(0, 10)}-${randomBytes(6).toString('hex')}`;
  const { privateKey } = await newKeyPair('rsa', { modulusLength: 2048 });
  replaceFile(pemOf(directory, kid), privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, 0o600);
  return kid;
}

export function removeKeyFile(directory: string, kid: string): void {
  rmSync(pemOf(directory, kid), { force: true });
}

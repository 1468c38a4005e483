import { StackError } from '../stack-error';
import { addKeyFile, readRingFile, removeKeyFile, type RingKey, writeRingFile } from './ring-file';

/**
 * An access token's ten minutes, the leeway of clocks, and room for the service that takes the new
 * ring some seconds later.
 */
export const tokensLiveMs = 15 * 60_000;

/**
 * The next key signs from now on, the one that did only verifies, and a new one is published to be
 * the next. Nobody is signed out.
 *
 * @returns the ring as it is then
 * @throws StackError when there is no next key
 */
export async function rotate(directory: string, now = new Date()): Promise<RingKey[]> {
  const keys = readRingFile(directory);
  if (!keys.some(({ status }) => status === 'next'))
    throw new StackError(`The ring in ${directory} has no next key: it was changed by hand`);
  const added: RingKey = {
    kid: await addKeyFile(directory, now),
    status: 'next',
    createdAt: now.toISOString(),
  };
  const rotated = [...keys.map((key) => movedOn(key, now)), added];
  writeRingFile(directory, rotated);
  return rotated;
}

function movedOn(key: RingKey, now: Date): RingKey {
  switch (key.status) {
    case 'next':
      return { ...key, status: 'current' };
    case 'current':
      return { ...key, status: 'retired', retiredAt: now.toISOString() };
    case 'retired':
      return key;
    default:
      return key.status satisfies never;
  }
}

/**
 * Takes retired keys out of the ring, and their files away: those whose last tokens have expired,
 * or, with `kid`, that one at once: whoever still has a token of it must refresh.
 *
 * @returns the kids that went
 * @throws StackError for a kid that is not retired
 */
export function retire(
  directory: string,
  { kid, now = new Date() }: { kid?: string; now?: Date } = {},
): string[] {
  const keys = readRingFile(directory);
  if (kid !== undefined && !keys.some((key) => key.kid === kid && key.status === 'retired'))
    throw new StackError(
      `${kid} is no retired key of this ring: \`npm run keys -- list\` shows which are, rotate makes one`,
    );
  const gone = keys.filter((key) => (kid === undefined ? isSpent(key, now) : key.kid === kid));
  if (gone.length === 0) return [];
  writeRingFile(
    directory,
    keys.filter((key) => !gone.includes(key)),
  );
  for (const key of gone) removeKeyFile(directory, key.kid);
  return gone.map((key) => key.kid);
}

/** Whether no token that it signed can still be taken. */
function isSpent({ status, retiredAt }: RingKey, now: Date): boolean {
  return status === 'retired' && (!retiredAt || Date.parse(retiredAt) + tokensLiveMs <= now.getTime());
}

import { join } from 'node:path';
import { OperatorError } from '@shop/kit/operator';
import { inheritedEnvironment, loadStackConfig } from '@shop/local-stack/config';
import { readRingFile, retire, type RingKey, rotate, tokenLifetimeMs } from '@shop/local-stack/keys';
import { table } from './table';

const usage = 'npm run keys -- list | rotate | retire [<kid>]';

/**
 * `npm run keys`: the key ring that signs access tokens, in SIGNING_KEYS_DIR or DATA_DIR. The user
 * subgraph reloads it within seconds.
 */
export async function runKeys([action, kid, ...more]: readonly string[]): Promise<number> {
  if (more.length > 0 || (kid !== undefined && action !== 'retire')) throw new OperatorError(usage);
  const directory = ringDirectory(inheritedEnvironment);
  switch (action) {
    case 'list':
      return print(ringAsText(readRingFile(directory)));
    case 'rotate':
      return print(ringAsText(await rotate(directory)));
    case 'retire':
      return print(retiredAsText(retire(directory, kid === undefined ? {} : { kid })));
    default:
      throw new OperatorError(usage);
  }
}

function ringDirectory(env: NodeJS.ProcessEnv): string {
  return env['SIGNING_KEYS_DIR'] || join(loadStackConfig(env).dataDir, 'keys', 'signing');
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function ringAsText(keys: readonly RingKey[]): string {
  const rows = keys.map((key) => [key.kid, key.status, key.createdAt, retirableAt(key)]);
  return table(['kid', 'status', 'created', 'can be retired'], rows);
}

function retirableAt({ retiredAt }: RingKey): string {
  return retiredAt ? new Date(Date.parse(retiredAt) + tokenLifetimeMs).toISOString() : '';
}

function retiredAsText(kids: readonly string[]): string {
  if (kids.length > 0) return `Retired: ${kids.join(', ')}`;
  return 'No key can be retired yet: `npm run keys -- list` shows when. With a kid, the key is retired immediately and its tokens become invalid.';
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { newSecret, readOrCreate } from '../data-dir';
import { StackError } from '../stack-error';

/** Passwords by role name; `postgres` is the superuser. */
export type Credentials = Readonly<Record<string, string>>;

/**
 * The generated passwords of a cluster, stored beside it (mode 0600).
 *
 * @throws StackError if the cluster exists and its passwords do not
 */
export function clusterCredentials(directory: string, roles: readonly string[]): Credentials {
  const file = join(directory, 'credentials.json');
  if (existsSync(join(directory, 'data')) && !existsSync(file)) {
    throw new StackError(
      `${file} is missing, so no role can log in to ${directory}/data: restore it, or start with \`npm start -- --fresh\``,
    );
  }
  const make = () => Object.fromEntries(['postgres', ...roles].map((role) => [role, newSecret()]));
  return JSON.parse(readOrCreate(file, () => JSON.stringify(make(), null, 2))) as Credentials;
}

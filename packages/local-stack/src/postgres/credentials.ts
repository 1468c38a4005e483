import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { newSecret, readOrCreate } from '../data-dir';
import { StackError } from '../stack-error';

/** Passwords by role name; `postgres` is the superuser. */
export type Credentials = Readonly<Record<string, string>>;

/**
 * The generated passwords of a cluster, kept beside it (0600).
 *
 * @throws StackError when the cluster is there and its passwords are not
 */
export function clusterCredentials(directory: string, roles: readonly string[]): Credentials {
  const file = join(directory, 'credentials.json');
  if (existsSync(join(directory, 'data')) && !existsSync(file)) {
    throw new StackError(
      `${file} is missing, so nobody can sign in to ${directory}/data: put it back, or begin anew with \`npm start -- --fresh\``,
    );
  }
  const make = () => Object.fromEntries(['postgres', ...roles].map((role) => [role, newSecret()]));
  return JSON.parse(readOrCreate(file, () => JSON.stringify(make(), null, 2))) as Credentials;
}

import { readFileSync } from 'node:fs';
import type { z } from 'zod';

export { peerUrl, serviceEnvironment, serviceVersion } from './service-environment';
export type { ServiceEnvironment } from './service-environment';

/** Reports all invalid settings at once; `message` can be printed as it is. */
export class ConfigError extends Error {
  constructor(
    service: string,
    readonly problems: readonly string[],
  ) {
    super(
      `${service}: ${problems.length} setting(s) need attention:\n${problems.map((line) => `  - ${line}`).join('\n')}\n` +
        'See .env.example for every setting and its default.',
    );
    this.name = 'ConfigError';
  }
}

/**
 * Reads and validates settings. The value of a setting `NAME` may be in a file that `NAME_FILE` names
 * (mounted secrets), unless the schema has a setting `NAME_FILE`. Empty variables count as not set.
 *
 * @throws ConfigError naming every setting that is missing or wrong
 */
export function loadConfig<Shape extends z.ZodRawShape>(input: {
  service: string;
  schema: z.ZodObject<Shape>;
  env: NodeJS.ProcessEnv;
}): z.infer<z.ZodObject<Shape>> {
  const { service, schema, env } = input;
  const values: Record<string, string> = {};
  const unreadable = new Map<string, string>();
  for (const name of Object.keys(schema.shape)) {
    try {
      const value = readSetting(name, env, { hasFile: !Object.hasOwn(schema.shape, `${name}_FILE`) });
      if (value !== undefined) values[name] = value;
    } catch (error) {
      unreadable.set(name, (error as Error).message);
    }
  }
  const result = schema.safeParse(values);
  const issues = (result.error?.issues ?? []).filter(({ path: [name] }) => !unreadable.has(String(name)));
  const problems = [...unreadable.values(), ...issues.map((issue) => describe(issue, values))];
  if (problems.length > 0) throw new ConfigError(service, problems);
  return result.data as z.infer<z.ZodObject<Shape>>;
}

/** @throws Error if both variables are set, or the file is empty or cannot be read */
function readSetting(
  name: string,
  env: NodeJS.ProcessEnv,
  { hasFile }: { hasFile: boolean },
): string | undefined {
  const direct = env[name] || undefined;
  const fileVariable = `${name}_FILE`;
  const file = hasFile ? env[fileVariable] || undefined : undefined;
  if (direct === undefined) return file === undefined ? undefined : readSettingFile(fileVariable, file);
  if (file === undefined) return direct;
  throw new Error(`${name} and ${fileVariable} are both set: remove one of them`);
}

function readSettingFile(fileVariable: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new Error(`${fileVariable} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (text === '') throw new Error(`${fileVariable} names an empty file: write the value to ${file}`);
  return text;
}

function describe(issue: z.core.$ZodIssue, values: Record<string, string>): string {
  const name = String(issue.path[0]);
  const value = values[name];
  if (value === undefined) return `${name} is not set${canBeMountedSecret(name) ? `, nor ${name}_FILE` : ''}`;
  return `${name}${isSecretSetting(name) ? '' : `=${value}`} is not valid: ${reasonOf(issue)}`;
}

/** For text that is not a number, zod reports NaN instead of the value received. */
function reasonOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' && issue.expected === 'number' ? 'it must be a number' : issue.message;
}

/** The value may contain a secret, so messages do not show it. */
export function isSecretSetting(name: string): boolean {
  return /PASSWORD|SECRET|KEY|TOKEN(?!S)|URL/.test(name);
}

function canBeMountedSecret(name: string): boolean {
  return isSecretSetting(name) && !/_(FILE|DIR)$/.test(name);
}

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
 * Reads and validates settings. A setting `NAME` may come from a file named by `NAME_FILE` (mounted
 * secrets), unless the schema has a setting called `NAME_FILE` itself. Empty strings count as not
 * set.
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
  const problems: string[] = [];
  for (const name of Object.keys(schema.shape)) {
    try {
      const value = readSetting(name, env);
      if (value !== undefined) values[name] = value;
    } catch (error) {
      problems.push(`${name}_FILE cannot be read: ${(error as Error).message}`);
    }
  }
  const result = schema.safeParse(values);
  if (!result.success) problems.push(...result.error.issues.map((issue) => describe(issue, values)));
  if (problems.length > 0) throw new ConfigError(service, problems);
  return result.data as z.infer<z.ZodObject<Shape>>;
}

function readSetting(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const direct = env[name];
  if (direct !== undefined && direct !== '') return direct;
  const file = env[`${name}_FILE`];
  return file ? readFileSync(file, 'utf8').trim() : undefined;
}

function describe(issue: z.core.$ZodIssue, values: Record<string, string>): string {
  const name = String(issue.path[0]);
  const value = values[name];
  if (value === undefined) return `${name} is not set`;
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

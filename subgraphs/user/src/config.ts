import { eventsEnvironment } from '@shop/events/service';
import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { commandEnvironment, databaseEnvironment } from '@shop/kit/database';
import { z } from 'zod';
import { normaliseEmail } from './accounts/email';
import { checkNewPassword } from './passwords/password-rule';

/** bcrypt's own limits are wider, and it replaces values outside them without an error. */
const BCRYPT_COST = z.coerce.number().int().min(10).max(14).default(12);

/** Common passwords that are accepted nevertheless, separated by commas. */
const COMMON_PASSWORDS_ALLOWED = z
  .string()
  .transform((list) => list.split(',').filter(Boolean))
  .optional();

export const serviceSchema = z.object({
  ...serviceEnvironment,
  ...databaseEnvironment,
  ...eventsEnvironment,
  /** Holds ring.json and the PEM files of the keys that sign access tokens. */
  SIGNING_KEYS_DIR: z.string(),
  BCRYPT_COST,
  COMMON_PASSWORDS_ALLOWED,
  /** How long a repeated refresh token returns the same successor, if that was not used; 0 disables it. */
  REFRESH_REPEAT_SECONDS: z.coerce.number().int().min(0).max(60).default(10),
  /** Failed logins from one address within 15 minutes without a delay. */
  LOGIN_FAILURES_PER_ADDRESS: z.coerce.number().int().min(1).default(100),
  /** Registrations from one address within 15 minutes, failed ones included, without a delay. */
  REGISTRATIONS_PER_ADDRESS: z.coerce.number().int().min(1).default(300),
  /** Redis or Valkey in which all processes count failed logins and registrations; without it each process counts alone. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
});

const migrateSchema = z.object({ ...commandEnvironment, ...databaseEnvironment });

const seedEntries = z.object({
  ...commandEnvironment,
  ...databaseEnvironment,
  NODE_ENV: serviceEnvironment.NODE_ENV,
  BCRYPT_COST,
  COMMON_PASSWORDS_ALLOWED,
  ADMIN_EMAIL: z
    .string()
    .default('admin@shop.example')
    .transform((email, context) => normaliseEmail(email) ?? reject(context, 'it is not an email address')),
  ADMIN_PASSWORD: z.string(),
  /** Whether the password of an existing ADMIN is set to ADMIN_PASSWORD; else it is only used for a new one. */
  ADMIN_PASSWORD_RESET: z.stringbool().default(true),
});

const seedSchema = seedEntries.superRefine((settings, context) => {
  const check = checkNewPassword(settings.ADMIN_PASSWORD, {
    email: settings.ADMIN_EMAIL,
    allowed: allowedCommonPasswords(settings),
  });
  if (check.kind === 'rejected')
    context.addIssue({ code: 'custom', path: ['ADMIN_PASSWORD'], message: `it ${check.rule}` });
});

export type UserSettings = z.infer<typeof serviceSchema>;

/** The documented examples use P@ssw0rd, which is common. In production nothing is allowed by default. */
export function allowedCommonPasswords(
  settings: Pick<UserSettings, 'NODE_ENV' | 'COMMON_PASSWORDS_ALLOWED'>,
): readonly string[] {
  return settings.COMMON_PASSWORDS_ALLOWED ?? (settings.NODE_ENV === 'production' ? [] : ['P@ssw0rd']);
}

/** @throws ConfigError */
export const loadUserSettings = (env: NodeJS.ProcessEnv = process.env): UserSettings =>
  loadConfig({ service: 'user', schema: serviceSchema, env });

/** @throws ConfigError */
export const loadMigrateSettings = () =>
  loadConfig({ service: 'user-migrate', schema: migrateSchema, env: process.env });

/** @throws ConfigError */
export const loadSeedSettings = (env: NodeJS.ProcessEnv = process.env) =>
  loadConfig({ service: 'user-seed', schema: seedSchema, env });

function reject(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

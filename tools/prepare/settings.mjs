import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { URL } from 'node:url';
import * as util from 'node:util';
import { PreparationError, root } from './workspace.mjs';

/**
 * Checks the settings in the environment and .env before anything is installed or built.
 *
 * @throws PreparationError with every invalid setting, and its value unless it may be a secret
 */
export function checkSettings(env) {
  const rules = JSON.parse(readFileSync(join(root, 'tools/prepare/settings.json'), 'utf8'));
  const values = { ...valuesOfFile(), ...env };
  const problems = Object.entries(rules)
    .filter(([name]) => values[name])
    .map(([name, rule]) => [name, rule, reasonAgainst(rule, values[name])])
    .filter(([, , reason]) => reason)
    .map(
      ([name, rule, reason]) => `${name}${rule.isSecret ? '' : `=${values[name]}`} is not valid: ${reason}`,
    );
  if (problems.length === 0) return;
  const list = problems.map((problem) => `  - ${problem}\n`).join('');
  throw new PreparationError(
    `${problems.length} setting(s) need attention:\n${list}See .env.example for every setting and its default.`,
  );
}

/** Node before 20.12 cannot parse .env: its settings are then checked when the services start. */
function valuesOfFile() {
  const file = join(root, '.env');
  return util.parseEnv && existsSync(file) ? util.parseEnv(readFileSync(file, 'utf8')) : {};
}

function reasonAgainst({ type, values, minimum, maximum, minLength, format }, value) {
  if (type) return reasonAgainstNumber({ type, minimum, maximum }, Number(value));
  if (values && !values.includes(value)) return `it must be one of ${values.join(', ')}`;
  if (minLength && value.length < minLength) return `it must have at least ${minLength} characters`;
  if (format === 'email' && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value)) return 'it must be an email address';
  if (format === 'uri' && !URL.canParse(value)) return 'it must be a URL';
  return undefined;
}

function reasonAgainstNumber({ type, minimum = -Infinity, maximum = Infinity }, number) {
  const fits = type === 'integer' ? Number.isInteger(number) : Number.isFinite(number);
  if (fits && number >= minimum && number <= maximum) return undefined;
  return `it must be ${type === 'integer' ? 'an integer' : 'a number'}${rangeOf(minimum, maximum)}`;
}

function rangeOf(minimum, maximum) {
  const isUnbounded = maximum === Infinity || maximum >= Number.MAX_SAFE_INTEGER;
  return isUnbounded ? ` of at least ${minimum}` : ` from ${minimum} to ${maximum}`;
}

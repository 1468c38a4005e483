import { dictionary } from '@zxcvbn-ts/language-common';
import { checkPassword, minimumCharacters, type PasswordCheck } from './password-rule';

/** About 18,000, in lower case. Shorter ones are rejected by the minimum length. */
const commonPasswords: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].filter(({ length }) => length >= minimumCharacters),
);

/**
 * Checks a new password, at registration or for a change: the rule of every password, and the blocklist of NIST SP 800-63B-4,
 * 3.1.1.2. A login must not call it: an account keeps its password until it is changed.
 *
 * @param account.email normalised; null if it is not valid
 * @param account.allowed common passwords that are accepted nevertheless; case-sensitive
 */
export function checkNewPassword(
  password: string,
  { email, allowed }: { email: string | null; allowed: readonly string[] },
): PasswordCheck {
  const check = checkPassword(password);
  if (check.kind === 'rejected') return check;
  const { normalised } = check;
  const lowerCase = normalised.toLowerCase();
  if (new Set(lowerCase).size === 1) {
    return refused(
      'must not be one repeated character: choose another one, for example several random words',
    );
  }
  if (email !== null && [email, email.slice(0, email.lastIndexOf('@'))].includes(lowerCase)) {
    return refused('must not be the email address or the part of it before the @: choose another one');
  }
  if (commonPasswords.has(lowerCase) && !allowed.includes(normalised)) {
    return refused(
      'must not be one of the most common passwords: choose another one, for example several random words',
    );
  }
  return check;
}

function refused(rule: string): PasswordCheck {
  return { kind: 'rejected', rule };
}

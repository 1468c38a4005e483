import { isStorableText } from '@shop/kit/text';
import { dictionary } from '@zxcvbn-ts/language-common';

const minimumCharacters = 8;
/** bcrypt ignores bytes beyond this limit without an error. */
const maximumBytes = 72;

/** About 18,000, in lower case. Shorter ones are rejected by the minimum length. */
const commonPasswords: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].filter(({ length }) => length >= minimumCharacters),
);

export type PasswordCheck = { kind: 'acceptable'; normalised: string } | { kind: 'rejected'; rule: string };

/**
 * Checks a password by its length alone (NIST SP 800-63B: no composition rules). It is normalised by
 * NFKC first, so that it is the same on every keyboard.
 */
export function checkPassword(password: string): PasswordCheck {
  if (!isStorableText(password)) return rejected('must be valid Unicode text without the character NUL');
  const normalised = password.normalize('NFKC');
  if ([...normalised].length < minimumCharacters) {
    return rejected(`must have at least ${minimumCharacters} characters`);
  }
  const bytes = Buffer.byteLength(normalised);
  if (bytes > maximumBytes) {
    return rejected(`must have at most ${maximumBytes} bytes in UTF-8, and has ${bytes}: use a shorter one`);
  }
  return { kind: 'acceptable', normalised };
}

/**
 * Checks a new password, at registration or for a change: `checkPassword`, and the blocklist of
 * NIST SP 800-63B-4, 3.1.1.2. A login must not call it: an account keeps its password until it is changed.
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
    return rejected(
      'must not be one repeated character: choose another one, for example several random words',
    );
  }
  if (email !== null && [email, email.slice(0, email.lastIndexOf('@'))].includes(lowerCase)) {
    return rejected('must not be the email address or the part of it before the @: choose another one');
  }
  if (commonPasswords.has(lowerCase) && !allowed.includes(normalised)) {
    return rejected(
      'must not be one of the most common passwords: choose another one, for example several random words',
    );
  }
  return check;
}

function rejected(rule: string): PasswordCheck {
  return { kind: 'rejected', rule };
}

import { isStorableText } from '@shop/kit/text';

export const minimumCharacters = 8;
/** bcrypt looks at no more than this and says nothing. */
const maximumBytes = 72;

export type PasswordCheck = { kind: 'acceptable'; normalised: string } | { kind: 'rejected'; rule: string };

/**
 * Checks a password by its length alone (NIST SP 800-63B: no composition rules). It is normalised by NFKC first, so that
 * it is the same on every keyboard.
 */
export function checkPassword(password: string): PasswordCheck {
  if (!isStorableText(password)) return refused('must be valid Unicode text without the character NUL');
  const normalised = password.normalize('NFKC');
  if ([...normalised].length < minimumCharacters) {
    return refused(`must have at least ${minimumCharacters} characters`);
  }
  const bytes = Buffer.byteLength(normalised);
  if (bytes > maximumBytes) {
    return refused(`must have at most ${maximumBytes} bytes in UTF-8, and has ${bytes}: use a shorter one`);
  }
  return { kind: 'acceptable', normalised };
}

function refused(rule: string): PasswordCheck {
  return { kind: 'rejected', rule };
}

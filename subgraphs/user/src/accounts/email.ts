const maximumLength = 254;
const maximumLocalLength = 64;

// The HTML standard's "valid email address", with a dot in the domain; ASCII, against look-alikes.
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const syntax = new RegExp(
  `^[a-z0-9.!#$%&'*+/=?^_\`{|}~-]{1,${maximumLocalLength}}@${label}(?:\\.${label})+$`,
);

/**
 * The form in which an address is stored and compared: NFKC, trimmed, lower case. Null if it is not an
 * email address, or longer than RFC 5321's 254 characters.
 */
export function normaliseEmail(text: string): string | null {
  const email = text.normalize('NFKC').trim().toLowerCase();
  return email.length <= maximumLength && syntax.test(email) ? email : null;
}

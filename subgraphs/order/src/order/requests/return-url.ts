export const maximumReturnUrlLength = 2_000;

/**
 * Printable ASCII, and a host directly after the slashes: `URL` normalizes anything else, and other
 * parsers may extract another host from it.
 */
const absolute = /^https?:\/\/[A-Za-z0-9[][\x21-\x5b\x5d-\x7e]*$/;

/**
 * Whether a provider may redirect a customer to this URL: https, or http to localhost for
 * development.
 */
export function isReturnUrl(text: string): boolean {
  if (text.length > maximumReturnUrlLength || !absolute.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}

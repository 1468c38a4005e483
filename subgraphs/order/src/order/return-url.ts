export const maximumReturnUrlLength = 2_000;

/** Whether a provider may redirect a customer's browser to this URL: https, or http to localhost for development. */
export function isReturnUrl(text: string): boolean {
  // Printable ASCII only: `URL` trims or encodes anything else, which would change what the client sent.
  if (text.length > maximumReturnUrlLength || !/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text))
    return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}

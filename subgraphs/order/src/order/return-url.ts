export const maximumReturnUrlLength = 2_000;

/** Where a provider may send a customer's browser. Within the customer's own computer, for development, without TLS. */
export function isReturnUrl(text: string): boolean {
  // Printable ASCII: what URL would trim or encode is not what the client sent.
  if (text.length > maximumReturnUrlLength || !/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text))
    return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}

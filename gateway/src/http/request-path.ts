/**
 * The path of a request target as the router takes it: without the query, which `#` begins as well, and without scheme and host where
 * the target is absolute (RFC 9112, section 3.2.2).
 */
export function pathOf(url: string): string {
  const [path = ''] = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  return path === '' ? '/' : path;
}

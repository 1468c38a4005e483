/**
 * The path of a request target as the router reads it: without the part after `?` or `#`, and
 * without scheme and host if the target is in absolute form (RFC 9112, section 3.2.2).
 */
export function pathOf(url: string): string {
  const [path = ''] = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  return path === '' ? '/' : path;
}

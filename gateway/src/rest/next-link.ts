/**
 * The Link header (RFC 8288) of a page: the same list, starting at the next cursor. Empty on the last
 * page.
 *
 * @param query the parsed query string, so that the link encodes it correctly
 */
export function nextLink(
  path: string,
  query: Readonly<Record<string, string>>,
  nextCursor: string | null,
): { link?: string } {
  if (nextCursor === null) return {};
  const parameters = new URLSearchParams({ ...query, cursor: nextCursor });
  return { link: `<${path}?${parameters.toString()}>; rel="next"` };
}

/**
 * The Link header (RFC 8288) of a page: the same list from its next cursor on. Empty on the last page.
 *
 * @param query as it was read, so that the link means what the request meant
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

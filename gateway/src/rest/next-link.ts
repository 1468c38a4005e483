/** The Link header (RFC 8288) of a page: the same list from its next cursor on. Empty on the last page. */
export function nextLink(url: string, nextCursor: string | null): { link?: string } {
  if (nextCursor === null) return {};
  const [path = '', query] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', nextCursor);
  return { link: `<${path}?${parameters.toString()}>; rel="next"` };
}

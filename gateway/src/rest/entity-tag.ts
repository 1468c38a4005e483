/**
 * A product's representation as a strong tag (RFC 9110, section 8.8.3): `updated_at` changes with everything but the stock, which is
 * the second part. So a purchase makes a cached copy stale, and leaves the first part, which edits are made for, as it is.
 */
export function entityTag(product: { updated_at: string; stock: number }): string {
  return `"${product.updated_at}/${product.stock}"`;
}

/** Whether If-None-Match names this version: then there is nothing to send. */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return tagsIn(ifNoneMatch).some((known) => known.replace(/^W\//, '') === tag);
}

/** A tag that is none of ours names a version that no resource has. */
const noVersion = new Date(0).toISOString();

/**
 * The versions of which If-Match demands one, at least one; undefined when it demands none. A version is the tag's first part,
 * because no edit depends on the stock. Weak tags match nothing (RFC 9110, section 13.1.1).
 */
export function expectedVersions(ifMatch: string | undefined): [string, ...string[]] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const times = tagsIn(ifMatch)
    .map((tag) => Date.parse(/^"([^"/]*)(?:\/\d+)?"$/.exec(tag)?.[1] ?? ''))
    .filter((time) => !Number.isNaN(time));
  const [first = noVersion, ...others] = times.map((time) => new Date(time).toISOString());
  return [first, ...others];
}

/** The tags of a list as they came; none for what is not a list of tags. */
function tagsIn(header: string): string[] {
  const tag = /(?:W\/)?"[^"]*"/g;
  return /^[\s,]*$/.test(header.replace(tag, '')) ? (header.match(tag) ?? []) : [];
}

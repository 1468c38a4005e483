import { RestProblem } from './problem';

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
  return ifNoneMatch.split(',').some((known) => known.trim().replace(/^W\//, '') === tag);
}

/** A tag that is none of ours names a version that no resource has. */
const noVersion = new Date(0).toISOString();

/**
 * The version that If-Match demands: the tag's first part, because no edit depends on the stock. Undefined when it demands none.
 *
 * @throws RestProblem bad_request for a list: a change is made for one version
 */
export function expectedVersion(ifMatch: string | undefined): string | undefined {
  const tag = ifMatch?.trim();
  if (tag === undefined || tag === '*') return undefined;
  if (tag.includes(',')) throw new RestProblem('bad_request', 'If-Match must name one entity tag or be *.');
  const version = /^"([^"/]*)(?:\/\d+)?"$/.exec(tag)?.[1];
  const time = version === undefined ? Number.NaN : Date.parse(version);
  return Number.isNaN(time) ? noVersion : new Date(time).toISOString();
}

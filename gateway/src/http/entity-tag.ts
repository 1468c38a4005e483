import { createHash } from 'node:crypto';

/**
 * A strong validator (RFC 9110, section 8.8.3) of a product: `updated_at`, which changes with every
 * edit, and the stock. A purchase makes cached copies stale but does not change the first part,
 * which If-Match compares.
 */
export function entityTag(product: { updated_at: string; stock: number }): string {
  return `"${product.updated_at}/${product.stock}"`;
}

/** A strong validator of a response: a hash of its content, or of a text that identifies it. */
export function contentTag(content: string): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
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
 * The versions that If-Match accepts, at least one; undefined if it accepts any. A version is the
 * tag's first part, because edits do not depend on the stock. Weak tags match nothing (RFC 9110,
 * section 13.1.1).
 */
export function expectedVersions(ifMatch: string | undefined): [string, ...string[]] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const [first = noVersion, ...others] = tagsIn(ifMatch)
    .map((tag) => /^"([^"/]+)(?:\/\d+)?"$/.exec(tag)?.[1] ?? '')
    .filter(isVersion);
  return [first, ...others];
}

/** Only the form that `entityTag` writes: Date.parse takes "5" for a month of 2001. */
function isVersion(text: string): boolean {
  const time = /^\d{4}-/.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

/** The tags of a list as they came; none for what is not a list of tags. */
function tagsIn(header: string): string[] {
  const tag = /(?:W\/)?"[^"]*"/g;
  return /^[\s,]*$/.test(header.replace(tag, '')) ? (header.match(tag) ?? []) : [];
}

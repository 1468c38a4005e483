/** The token of an `Authorization: Bearer …` header (RFC 6750), or undefined if there is none. */
export function bearerToken(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  return /^Bearer +([^\s]+)$/i.exec(header)?.[1];
}

/** Header and claims of a JWT as they are written in it; nothing is verified. */
export function readAccessToken(token: string) {
  const [header, claims] = token.split('.').slice(0, 2).map(readPart);
  return { header, claims } as {
    header: { kid: string; typ: string };
    claims: { sub: string; sid: string; role: string; jti: string; iat: number; exp: number };
  };
}

function readPart(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}

import { type Role } from '@shop/access';
import { createHash, createHmac, randomBytes } from 'node:crypto';

/** The token of the client, and its SHA-256 (32 bytes); only the hash is stored. */
export interface RefreshToken {
  token: string;
  hash: Buffer;
}

/** Stored with a used token, so that a repeat derives the same successor from the token and a secret. */
export interface Rotation {
  salt: Buffer;
  /** When the successor's first access token was issued, in whole seconds. */
  issuedAt: Date;
}

const tokenBytes = 32;
const saltBytes = 16;
const syntax = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits in base64url. */
export function newRefreshToken(): RefreshToken {
  return withHash(randomBytes(tokenBytes));
}

/** Null if the text is not in the format of a token. */
export function readRefreshToken(token: string): RefreshToken | null {
  return syntax.test(token) ? { token, hash: sha256(token) } : null;
}

export function newRotation(): Rotation {
  const issuedAt = new Date();
  issuedAt.setUTCMilliseconds(0);
  return { salt: randomBytes(saltBytes), issuedAt };
}

/** Deterministic. Requires all three arguments: the database and an old token are not enough. */
export function successorOf({ token }: RefreshToken, { salt }: Rotation, secret: Buffer): RefreshToken {
  return withHash(createHmac('sha256', secret).update(salt).update(token).digest());
}

/** A UUIDv8 (RFC 9562), equal for each repeat of a refresh, so that the access tokens are equal. */
export function accessTokenIdOf(refreshToken: string, role: Role): string {
  const hash = createHash('sha256').update(`access token id|${role}|${refreshToken}`).digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x80;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function withHash(bytes: Buffer): RefreshToken {
  const token = bytes.toString('base64url');
  return { token, hash: sha256(token) };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

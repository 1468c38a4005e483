import { createHash, randomBytes } from 'node:crypto';

/** A token as the client keeps it, and its SHA-256 (32 bytes), which is all that is stored. */
export interface RefreshToken {
  token: string;
  hash: Buffer;
}

const tokenBytes = 32;
const syntax = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits, base64url: nothing to guess and nothing to read. */
export function newRefreshToken(): RefreshToken {
  const token = randomBytes(tokenBytes).toString('base64url');
  return { token, hash: sha256(token) };
}

/** What a token is found by; null for a text that `newRefreshToken` never makes. */
export function hashRefreshToken(token: string): Buffer | null {
  return syntax.test(token) ? sha256(token) : null;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

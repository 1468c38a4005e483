import { createPublicKey, type JsonWebKey, type KeyObject, verify as verifyBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, verify } from 'jsonwebtoken';
import { createTokenVerifier, staticJwks } from '.';

/** A token signed by an attacker, with the key that it claims. */
interface Vector {
  id: number;
  jws: string;
  isValid: boolean;
  jwk: JsonWebKey;
}

interface Corpus {
  public: JsonWebKey;
  tests: { tcId: number; jws: string; result: 'valid' | 'invalid' }[];
}

const file = join(__dirname, '../../../../tests/corpora/wycheproof-rs256.json');
const groups = JSON.parse(readFileSync(file, 'utf8')) as Corpus[];
const vectors: Vector[] = groups.flatMap(({ public: jwk, tests }) =>
  tests.map(({ tcId, jws, result }) => ({ id: tcId, jws, isValid: result === 'valid', jwk })),
);
const invalid = vectors.filter(({ isValid }) => !isValid);
const valid = vectors.filter(({ isValid }) => isValid);

const keyOf = (jwk: JsonWebKey): KeyObject => createPublicKey({ key: jwk, format: 'jwk' });

/** The result of our verifier with the vector's key only. */
function verifyVector({ jws, jwk }: Vector) {
  const verifier = createTokenVerifier({
    keys: staticJwks({ keys: [jwk] }),
    issuer: 'shop',
    audience: 'shop',
    roles: ['CUSTOMER', 'ADMIN'],
  });
  return verifier.verify(jws);
}

/** The signature check of our verifier, without the checks of header and claims. */
function passesSignatureCheck({ jws, jwk }: Vector): boolean {
  try {
    verify(jws, keyOf(jwk), { algorithms: ['RS256'] });
    return true;
  } catch {
    return false;
  }
}

const idsOf = (found: Vector[]) => found.map(({ id }) => id);
const rejected = { kind: 'anonymous', reason: 'invalid_token' };

describe('the RS256 vectors of Project Wycheproof', () => {
  test('are 225 invalid ones and 6 valid ones', () => {
    expect([invalid.length, valid.length]).toEqual([225, 6]);
  });

  test('all 225 invalid ones are rejected', async () => {
    const viewers = await Promise.all(invalid.map(verifyVector));

    expect(viewers.filter(({ kind }) => kind !== 'anonymous')).toEqual([]);
    // One of them is empty.
    expect(viewers.filter(({ kind }) => kind === 'anonymous')).toHaveLength(225);
  });

  test('all 225 invalid ones fail at the signature, before header and claims are checked', () => {
    expect(idsOf(invalid.filter(passesSignatureCheck))).toEqual([]);
  });

  test('5 of the 6 valid ones pass the signature check; the sixth has an empty payload', () => {
    const [unsuitable, ...others] = valid.filter((vector) => !passesSignatureCheck(vector));

    expect(others).toEqual([]);
    const [header = '', payload, signature = ''] = unsuitable?.jws.split('.') ?? [];
    expect(payload).toBe('');
    const signed = Buffer.from(`${header}.`);
    const key = keyOf(unsuitable?.jwk ?? {});
    expect(verifyBytes('sha256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  // A valid signature does not prove that the payload is an access token.
  test('of the 6 valid ones none has the header of an access token, so none is accepted as one', async () => {
    const types = valid.map(({ jws }) => decode(jws, { complete: true })?.header.typ);
    const viewers = await Promise.all(valid.map(verifyVector));

    expect(types).toEqual(valid.map(() => undefined));
    expect(viewers).toEqual(valid.map(() => rejected));
  });
});

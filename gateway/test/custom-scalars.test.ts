import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { customScalars } from '@shop/kit/scalars';
import { graphql, type RequestOptions } from '@shop/testkit/http';
import { buildSchema, isScalarType, isSpecifiedScalarType } from 'graphql';
import { useLocalGateway } from './local-gateway';

const apiSchema = buildSchema(readFileSync(join(__dirname, '..', 'api-schema.graphql'), 'utf8'));

type CustomScalar = keyof typeof customScalars;

/** An operation with an argument of the scalar's type. */
const operations: Record<CustomScalar, (literal: string) => string> = {
  SafeInt: (literal) => `{ products(filter: { minPriceCents: ${literal} }) { nodes { id } } }`,
  CurrencyCode: (literal) => `{ products(filter: { currency: ${literal} }) { nodes { id } } }`,
  DateTime: (literal) =>
    `{ updateProduct(input: { id: "1", expectedUpdatedAt: ${literal} }) { __typename } }`,
};

/** Literals; valid JSON values are sent as variables too. */
const rejected: Record<CustomScalar, string[]> = {
  SafeInt: [
    ...['"5"', '1.5', '5.0', '1e3', '1e999', '9007199254740992', '-9007199254740992', 'true'],
    ...['[]', '[5, 6]', '{}', 'FIVE', '""'],
  ],
  CurrencyCode: [
    '"usd"',
    '"US"',
    '"USDX"',
    '""',
    '"U\\u0000D"',
    '978',
    'USD',
    'true',
    '["US"]',
    '{}',
    '"EUR "',
  ],
  DateTime: [
    ...['"2026-11-01T12:00:00"', '"2026-11-01"', '"yesterday"', '""', '1793534400', 'true', '[]', '{}'],
    ...[
      '"2026-02-30T00:00:00Z"',
      '"2026-13-01T00:00:00Z"',
      '"2026-11-01T25:00:00Z"',
      '"2026-11-01 12:00:00Z"',
    ],
  ],
};

const accepted: Record<CustomScalar, string[]> = {
  SafeInt: ['0', '-1', '9007199254740991', '10000000000', 'null'],
  CurrencyCode: ['"EUR"', '"""USD"""', 'null'],
  DateTime: ['"2026-11-01T12:00:00Z"', '"2028-02-29T23:59:59.123456789+02:00"', 'null'],
};

const names = Object.keys(customScalars) as CustomScalar[];
const casesOf = (table: Record<CustomScalar, string[]>) =>
  names.flatMap((name) => table[name].map((literal) => [name, literal] as const));

function isJson(literal: string): boolean {
  try {
    JSON.parse(literal);
    return true;
  } catch {
    return false;
  }
}

const kindOf = (name: CustomScalar) => (name === 'DateTime' ? 'mutation ' : '');

describe('a value of a custom scalar', () => {
  const local = useLocalGateway();

  async function ask(query: string, options: RequestOptions & { variables?: Record<string, unknown> } = {}) {
    const { status, body } = await graphql(local.url)(query, options);
    const [error] = body.errors ?? [];
    return { status, code: error?.extensions?.['code'], message: error?.message };
  }

  it('is parsed in the gateway as in the subgraphs, for each custom scalar of the API schema', () => {
    const ofSchema = Object.values(apiSchema.getTypeMap())
      .filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))
      .map(({ name }) => name);
    expect(ofSchema.sort()).toEqual([...names].sort());
  });

  it.each(casesOf(rejected))(
    '%s: is rejected as the literal %s, with the value and the rule',
    async (name, literal) => {
      const result = await ask(kindOf(name) + operations[name](literal));
      expect(result).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
      expect(result.message).toContain(`found ${literal}`);
      expect(result.message).toMatch(new RegExp(`${name} must be .+`));
      expect(local.logged).not.toHaveBeenCalled();
    },
  );

  it.each(casesOf(rejected))('%s: is rejected as the default %s of a variable', async (name, literal) => {
    const query = operations[name]('$value').replace('{', `($value: ${name} = ${literal}) {`);
    const result = await ask(`${kindOf(name) || 'query '}${query}`);
    expect(result).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(local.logged).not.toHaveBeenCalled();
  });

  it.each(casesOf(rejected).filter(([, literal]) => isJson(literal)))(
    '%s: is rejected as the variable %s, with the value and the rule',
    async (name, json) => {
      const query = operations[name]('$value').replace('{', `($value: ${name}) {`);
      // A string, because JSON.stringify converts 1e999 to null.
      const body = `{"query":${JSON.stringify(`${kindOf(name) || 'query '}${query}`)},"variables":{"value":${json}}}`;
      const response = await fetch(`${local.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] };
      // 5.0 and 1e3 are integers in JSON.
      if (name === 'SafeInt' && Number.isSafeInteger(JSON.parse(json))) {
        expect(errors[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
        return;
      }
      expect([response.status, errors[0]?.extensions]).toEqual([
        400,
        { code: 'BAD_USER_INPUT', traceId: expect.any(String) },
      ]);
      expect(errors[0]?.message).toContain('Variable "$value" got invalid value');
      expect(errors[0]?.message).toMatch(new RegExp(`${name} must be .+`));
      expect(local.logged).not.toHaveBeenCalled();
    },
  );

  it.each(casesOf(accepted))('%s: %s reaches the subgraph', async (name, literal) => {
    // No subgraph is running.
    expect(await ask(kindOf(name) + operations[name](literal))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });
});

import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredInputField,
} from 'graphql';

/** An operation with one value that may be invalid. */
export interface GeneratedRequest {
  query: string;
  /** JSON text, because JSON.stringify converts 1e999 to null. */
  variables?: string;
}

const literals = [
  ...[
    'null',
    '0',
    '-1',
    '1.5',
    '1e3',
    '1e999',
    '-0',
    '99999999999999999999',
    '9007199254740993',
    '""',
    '"text"',
  ],
  ...[
    '"\\u0000"',
    '"""a "block\n  of" text"""',
    'true',
    '[]',
    '[[]]',
    '[null]',
    '[1, "a"]',
    '{}',
    '{unknown: 1}',
  ],
  ...['UNKNOWN', '__proto__', '{__proto__: 1}'],
];

const jsonValues = [
  ...[
    'null',
    '0',
    '-1',
    '1.5',
    '1e21',
    '1e999',
    '-0',
    '9007199254740993',
    '""',
    '"text"',
    '"\\u0000"',
    '"\\ud800"',
  ],
  ...['true', '[]', '[[]]', '[null]', '[1,"a"]', '{}', '{"unknown":1}', '{"toString":1}', '"constructor"'],
];

/** A value that each type accepts, as a literal. */
const scalars: Record<string, string> = {
  ...{ ID: '"01a18df7-f500-7bd9-9b3d-bffab89f890e"', String: '"text"', Int: '1', Boolean: 'true' },
  ...{ SafeInt: '5', CurrencyCode: '"EUR"', DateTime: '"2026-11-01T12:00:00Z"' },
};

/**
 * Each invalid value for every argument of every root field and field of its input types, as a
 * literal, as a variable and as the default of a variable.
 */
export function* generatedRequests(schema: GraphQLSchema): Generator<GeneratedRequest> {
  for (const kind of ['query', 'mutation'] as const) {
    const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
    for (const field of Object.values(root?.getFields() ?? {})) {
      for (const argument of field.args) yield* requestsFor(kind, field, argument);
    }
  }
}

type RootField = GraphQLField<unknown, unknown>;

function* requestsFor(
  kind: string,
  field: RootField,
  argument: GraphQLArgument,
): Generator<GeneratedRequest> {
  const others = field.args
    .filter((other) => other !== argument && isRequiredInputField(other))
    .map(({ name, type }) => `${name}: ${accepted(type, literalSyntax)}`);
  const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  const call = (value: string) =>
    `${field.name}(${[`${argument.name}: ${value}`, ...others].join(', ')})${selection}`;
  for (const value of withEach(literals, argument.type, literalSyntax)) {
    yield { query: `${kind} { ${call(value)} }` };
    yield {
      query: `${kind} ($value: ${String(getNullableType(argument.type))} = ${value}) { ${call('$value')} }`,
    };
  }
  for (const value of withEach(jsonValues, argument.type, jsonSyntax)) {
    const query = `${kind} ($value: ${String(argument.type)}) { ${call('$value')} }`;
    yield { query, variables: `{"value":${value}}` };
    const withDefault = `${kind} ($value: ${String(getNullableType(argument.type))} = ${accepted(argument.type, literalSyntax)}) { ${call('$value')} }`;
    yield { query: withDefault, variables: `{"value":${value}}` };
  }
}

interface Syntax {
  key: (name: string) => string;
  enumValue: (name: string) => string;
}

const literalSyntax: Syntax = { key: (name) => name, enumValue: (name) => name };
const jsonSyntax: Syntax = { key: (name) => `"${name}"`, enumValue: (name) => `"${name}"` };

/** Substitutes each value for the whole input, and for each field inside it. */
function* withEach(values: readonly string[], type: GraphQLInputType, syntax: Syntax): Generator<string> {
  yield* values;
  const inner = getNullableType(type);
  if (isListType(inner)) {
    for (const value of withEach(values, inner.ofType, syntax)) yield `[${value}]`;
  } else if (isInputObjectType(inner)) {
    const fields = Object.values(inner.getFields());
    for (const field of fields) {
      for (const value of withEach(values, field.type, syntax))
        yield object([[field, value], ...required(fields, field, syntax)], syntax);
    }
  }
}

function accepted(type: GraphQLInputType, syntax: Syntax): string {
  const inner = getNullableType(type);
  if (isListType(inner)) return `[${accepted(inner.ofType, syntax)}]`;
  if (isEnumType(inner)) return syntax.enumValue(inner.getValues()[0]?.name ?? '');
  if (isInputObjectType(inner))
    return object(required(Object.values(inner.getFields()), undefined, syntax), syntax);
  return scalars[inner.name] ?? 'null';
}

type Member = readonly [GraphQLInputField, string];

function required(
  fields: readonly GraphQLInputField[],
  without: GraphQLInputField | undefined,
  syntax: Syntax,
): Member[] {
  return fields
    .filter((field) => field !== without && isRequiredInputField(field))
    .map((field) => [field, accepted(field.type, syntax)]);
}

function object(members: readonly Member[], { key }: Syntax): string {
  return `{${members.map(([{ name }, value]) => `${key(name)}: ${value}`).join(', ')}}`;
}

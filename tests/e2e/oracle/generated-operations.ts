import {
  astFromValue,
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  parse,
  print,
  validate,
} from 'graphql';
import { createRandom, type Random } from '../../chaos/random/random';
import type { Fixture } from './fixture';
import type { Operation, Viewer } from './operation';

const maxDepth = 7;
const maxAttempts = 100;
const viewers: readonly Viewer[] = ['customer', 'customer', 'customer', 'admin', 'admin', 'other', 'visitor'];

/**
 * Valid queries over a schema that a seed repeats: aliases, the same field with different arguments,
 * nested fragments that are used repeatedly, directives with variables, defaults and nulls of
 * variables. Each is returned twice with different variables.
 */
export function generateQueries(
  schema: GraphQLSchema,
  fixture: Fixture,
  seed: string,
): [Operation, Operation] {
  const root = schema.getQueryType();
  if (!root) throw new Error('The schema has no queries.');
  return generate(schema, fixture, seed, (builder) => ({
    kind: 'query',
    selections: builder.selectionsOf(root, maxDepth),
  }));
}

/** A selection on the result of a mutation's field. */
export function generateMutation(
  schema: GraphQLSchema,
  fixture: Fixture,
  { seed, call, field }: { seed: string; call: string; field: string },
): Operation {
  const type = getNamedType(schema.getMutationType()?.getFields()[field]?.type);
  if (!type || !isCompositeType(type)) throw new Error(`The mutation ${field} returns no object.`);
  const [operation] = generate(schema, fixture, seed, (builder) => ({
    kind: 'mutation',
    selections: `${call} { ${builder.selectionsOf(type, 5)} }`,
  }));
  return operation;
}

interface Part {
  kind: 'query' | 'mutation';
  selections: string;
}

function generate(
  schema: GraphQLSchema,
  fixture: Fixture,
  seed: string,
  build: (builder: OperationBuilder) => Part,
): [Operation, Operation] {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const random = createRandom(`${seed}/${attempt}`);
    const builder = new OperationBuilder(schema, fixture, random);
    const { kind, selections } = build(builder);
    const query = `${kind} ${builder.declarations()} { ${selections} }\n${builder.fragmentsIn(selections).join('\n')}`;
    // Fields of one name with different arguments or types cannot be merged.
    if (validate(schema, parse(query)).length > 0) continue;
    const viewer = random.pick(viewers);
    const [first, second] = builder.variableSets();
    return [
      { query, viewer, variables: first },
      { query, viewer, variables: second },
    ];
  }
  throw new Error(`No valid operation in ${maxAttempts} attempts with the seed ${seed}`);
}

interface DeclaredVariable {
  declaration: string;
  /** Undefined: not given. */
  values: readonly [unknown, unknown];
}

interface Fragment {
  type: GraphQLCompositeType;
  definition: string;
}

class OperationBuilder {
  private readonly variables = new Map<string, DeclaredVariable>();
  private readonly fragments = new Map<string, Fragment>();
  private aliases = 0;
  /** Arguments that a field without alias was called with, by the field's name. */
  private readonly calls = new Map<string, string>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fixture: Fixture,
    private readonly random: Random,
  ) {}

  selectionsOf(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.random.below(type === this.schema.getQueryType() ? 2 : 4);
    const all = Array.from({ length: count }, () => this.selection(type, depth));
    return all.join(' ');
  }

  declarations(): string {
    const all = [...this.variables].map(([name, { declaration }]) => `$${name}: ${declaration}`);
    return all.length > 0 ? `(${all.join(', ')})` : '';
  }

  variableSets(): [Record<string, unknown>, Record<string, unknown>] {
    const given = (index: 0 | 1) =>
      Object.fromEntries(
        [...this.variables].flatMap(([name, { values }]) =>
          values[index] === undefined ? [] : [[name, values[index]]],
        ),
      );
    return [given(0), given(1)];
  }

  /** Definitions of the fragments that a selection uses. */
  fragmentsIn(selections: string, used = new Set<string>()): string[] {
    for (const [, name = ''] of selections.matchAll(/\.\.\.(F\d+)/g)) {
      if (used.has(name)) continue;
      used.add(name);
      this.fragmentsIn(this.fragments.get(name)?.definition ?? '', used);
    }
    return [...used].map((name) => this.fragments.get(name)?.definition ?? '');
  }

  private selection(type: GraphQLCompositeType, depth: number): string {
    const kind = this.random.below(10);
    if (kind === 0) return `${this.random.pick(['', `${this.newAlias()}: `])}__typename${this.directives()}`;
    if (kind <= 2 || isUnionType(type)) return this.fragment(type, depth);
    const fields = Object.values(type.getFields());
    // Objects more often than scalars: they are what needs several subgraphs.
    const objects = fields.filter((field) => isCompositeType(getNamedType(field.type)));
    const isObject = depth > 1 && objects.length > 0 && this.random.below(2) === 0;
    const others = depth > 1 ? fields : fields.filter((field) => !objects.includes(field));
    const candidates = isObject ? objects : others;
    return candidates.length > 0 ? this.field(this.random.pick(candidates), depth) : '__typename';
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type);
    const args = field.args.flatMap((argument) => this.argument(field, argument));
    const call = args.length > 0 ? `(${args.join(', ')})` : '';
    const isTaken = (this.calls.get(field.name) ?? call) !== call;
    const isAliased = isTaken || this.random.below(4) === 0;
    if (!isAliased) this.calls.set(field.name, call);
    const called = `${isAliased ? `${this.newAlias()}: ` : ''}${field.name}${call}${this.directives()}`;
    return isCompositeType(type) ? `${called} { ${this.selectionsOf(type, depth - 1)} }` : called;
  }

  /** No name of a field: the stock gateway confuses such aliases with its own fields. */
  private newAlias(): string {
    this.aliases += 1;
    return `alias${this.aliases}`;
  }

  private fragment(type: GraphQLCompositeType, depth: number): string {
    const on = this.random.pick(this.typesWithin(type));
    const known = [...this.fragments].filter(([, fragment]) => fragment.type === on);
    if (known.length > 0 && this.random.below(3) === 0)
      return `...${this.random.pick(known)[0]}${this.directives()}`;
    const selections = this.selectionsOf(on, depth - 1);
    const form = this.random.below(3);
    if (form === 0 && on === type) return `...${this.directives()} { ${selections} }`;
    if (form <= 1) return `... on ${on.name}${this.directives()} { ${selections} }`;
    const name = `F${this.fragments.size}`;
    this.fragments.set(name, { type: on, definition: `fragment ${name} on ${on.name} { ${selections} }` });
    return `...${name}${this.directives()}`;
  }

  /** Types of fragments that are valid within the type. */
  private typesWithin(type: GraphQLCompositeType): GraphQLCompositeType[] {
    if (isObjectType(type)) return [type, type, ...type.getInterfaces()];
    const members: readonly GraphQLObjectType[] = this.schema.getPossibleTypes(type);
    return [...members, ...members.flatMap((member) => member.getInterfaces())];
  }

  private directives(): string {
    const which = this.random.below(16);
    if (which > 3) return '';
    const condition = this.random.pick(['true', 'false', `$${this.flag()}`, `$${this.flag()}`]);
    if (which === 0) return ` @skip(if: ${condition})`;
    if (which === 1) return ` @include(if: ${condition})`;
    if (which === 2) return ` @include(if: $${this.flag()})`;
    return ` @skip(if: ${condition}) @include(if: $${this.flag()})`;
  }

  /** A Boolean variable that has another value in the second set. */
  private flag(): string {
    const name = `flag${this.random.below(3)}`;
    const value = this.random.below(2) === 0;
    if (this.variables.has(name)) return name;
    const isDefault = this.random.below(3) === 0;
    this.variables.set(name, {
      declaration: isDefault ? `Boolean = ${value}` : 'Boolean!',
      values: [isDefault ? undefined : value, !value],
    });
    return name;
  }

  private argument(field: GraphQLField<unknown, unknown>, argument: GraphQLArgument): string[] {
    if (!isRequiredArgument(argument) && this.random.below(3) > 0) return [];
    const values = [
      this.value(field.name, argument.name, argument.type),
      this.value(field.name, argument.name, argument.type),
    ];
    const [first, second] = values as [unknown, unknown];
    const literal = (value: unknown) => {
      const node = astFromValue(value, argument.type);
      return node ? print(node) : 'null';
    };
    const form = this.random.below(4);
    if (form === 0) return [`${argument.name}: ${literal(first)}`];
    const name = `value${this.variables.size}`;
    const type = String(argument.type);
    const nullable = String(getNullableType(argument.type));
    const isNullable = !isNonNullType(argument.type);
    const variable = (declaration: string, ...given: [unknown, unknown]) =>
      this.variables.set(name, { declaration, values: given });
    if (form === 1) variable(`${nullable} = ${literal(first)}`, undefined, second);
    else if (form === 2 && isNullable) variable(nullable, null, undefined);
    else variable(type, first, second);
    return [`${argument.name}: $${name}`];
  }

  private value(field: string, name: string, type: GraphQLInputType): unknown {
    const inner = getNullableType(type);
    const { fixture, random } = this;
    if (isListType(inner)) return [this.value(field, name, inner.ofType)];
    if (isEnumType(inner)) return random.pick(inner.getValues()).name;
    if (isInputObjectType(inner)) {
      const fields = Object.values(inner.getFields()).filter(
        (one) => isRequiredInputField(one) || random.below(3) === 0,
      );
      return Object.fromEntries(fields.map((one) => [one.name, this.value(field, one.name, one.type)]));
    }
    const ids: Record<string, readonly string[]> = {
      ...{ order: fixture.orderIds, product: fixture.productIds, user: fixture.userIds },
      ...{ payment: fixture.paymentIds, productBySku: fixture.skus, orders: fixture.userIds },
    };
    if (name === 'after' || name === 'before') return random.pick([...fixture.cursors, 'invalid']);
    if (inner.name === 'ID' || name === 'sku') return random.pick(ids[field] ?? ['unknown']);
    if (name === 'search') return random.pick(['lamp', 'chair', 'none of these']);
    if (inner.name === 'CurrencyCode') return random.pick(['EUR', 'USD']);
    if (inner.name === 'Boolean') return random.below(2) === 0;
    if (name === 'last' || name === 'first') return random.pick([0, 1, 2, 3, 5, -1]);
    return random.below(200);
  }
}

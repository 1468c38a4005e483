import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { createRandom, type Random } from '../chaos/random/random';

/**
 * A valid query: fields, some with the name of another field as alias, nested fragments of every
 * possible type, @skip and @include with variables, introspection.
 */
export interface GeneratedOperation {
  query: string;
  variables: { a: boolean; b: boolean };
}

const maxDepth = 5;
const introspection = [
  '__typename',
  '__schema { queryType { name } }',
  '__type(name: "Product") { isOneOf fields { name } }',
];

export function generatedOperation(schema: GraphQLSchema, seed: string): GeneratedOperation {
  const random = createRandom(seed);
  const root = schema.getQueryType();
  if (!root) throw new Error('The schema has no queries.');
  const builder = new OperationBuilder(schema, random);
  const selections = builder.selectionsOf(root, maxDepth);
  const variables = { a: random.next() < 0.5, b: random.next() < 0.5 };
  // Both variables are always used.
  const used = '__typename @skip(if: $a) @include(if: $b)';
  const query = `query ($a: Boolean!, $b: Boolean!) { ${used} ${selections} }\n${builder.fragments.join('\n')}`;
  return { query, variables };
}

class OperationBuilder {
  readonly fragments: string[] = [];
  /** By field name. Unique, so that all selections can be merged. */
  private readonly responseNames = new Map<string, string>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly random: Random,
  ) {}

  selectionsOf(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.random.below(3);
    return ['__typename', ...Array.from({ length: count }, () => this.selection(type, depth))].join(' ');
  }

  private selection(type: GraphQLCompositeType, depth: number): string {
    if (type === this.schema.getQueryType() && this.random.below(5) === 0)
      return this.random.pick(introspection);
    const isFragment = this.random.below(3) === 0;
    if (isFragment || !(isObjectType(type) || isInterfaceType(type))) return this.fragment(type, depth);
    const fields = type.getFields();
    return this.field(this.random.pick(Object.values(fields)), depth, Object.keys(fields));
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number, fieldNames: string[]): string {
    const type = getNamedType(field.type);
    if (isCompositeType(type) && depth <= 1) return '__typename';
    const args = field.args.filter(isRequiredArgument).map(({ name }) => `${name}: "none"`);
    const alias = this.responseName(field.name, fieldNames);
    const called = alias === field.name ? alias : `${alias}: ${field.name}`;
    const call = `${called}${args.length > 0 ? `(${args.join(', ')})` : ''}${this.directive()}`;
    return isCompositeType(type) ? `${call} { ${this.selectionsOf(type, depth - 1)} }` : call;
  }

  /** In one of five cases, two fields of a type exchange their names in the whole operation. */
  private responseName(name: string, fieldNames: string[]): string {
    const known = this.responseNames.get(name);
    if (known !== undefined) return known;
    const free = fieldNames.filter((other) => !this.responseNames.has(other));
    const other = this.random.below(5) === 0 ? this.random.pick(free) : name;
    this.responseNames.set(name, other).set(other, name);
    return other;
  }

  private fragment(type: GraphQLCompositeType, depth: number): string {
    const on = this.random.pick(this.typesWithin(type));
    const selections = depth <= 1 ? '__typename' : this.selectionsOf(on, depth - 1);
    if (this.random.below(2) === 0) return `... on ${on.name}${this.directive()} { ${selections} }`;
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${on.name} { ${selections} }`);
    return `...${name}${this.directive()}`;
  }

  /** Types of fragments that are valid within the type. */
  private typesWithin(type: GraphQLCompositeType): GraphQLCompositeType[] {
    if (isObjectType(type)) return [type, ...type.getInterfaces()];
    return [type, ...this.schema.getPossibleTypes(type)];
  }

  private directive(): string {
    return this.random.pick([
      '',
      '',
      '',
      ' @skip(if: $a)',
      ' @include(if: $b)',
      ' @skip(if: $b) @include(if: $a)',
    ]);
  }
}

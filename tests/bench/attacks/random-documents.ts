import {
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

type Random = () => number;

/** More selections are rejected; documents with fewer are cheap. */
const maximumSelections = 1_000;
const minimumSelections = 300;

/** Deterministic for a seed (mulberry32), so that an expensive document can be reproduced. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Valid documents that are expensive to plan: selections across subgraphs, repeated under every
 * member of a union, under several root fields and inside fragments that are spread several times.
 */
export function randomDocument(schema: GraphQLSchema, random: Random): string {
  for (;;) {
    const writer = new DocumentWriter(schema, random);
    const text = writer.document();
    const isLarge = writer.selections >= minimumSelections;
    if (isLarge && writer.selections <= maximumSelections && text.length <= 16_384) return text;
  }
}

class DocumentWriter {
  selections = 0;
  private readonly density: number;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly random: Random,
  ) {
    this.density = 0.3 + random() * 0.6;
  }

  document(): string {
    const rootFields = 1 + this.below(5);
    const [type, start] = this.pick([
      ['PayOrderResult', 'payOrder(input: { orderId: "x" })'],
      ['Order', 'order(id: "x")'],
      ['User', 'me'],
    ] as const);
    const named = this.schema.getType(type);
    if (!named) throw new Error(`the graph has no type ${type}`);
    const inside = this.set(named, 2 + this.below(6));
    const spread = this.pick([
      '...F',
      '...F ... @include(if: $a) { ...F }',
      '...F ... @skip(if: $a) { ...F }',
    ]);
    this.selections *= rootFields * (spread.split('...F').length - 1);
    const fields = Array.from({ length: rootFields }, (_, index) => `f${index}: ${start} { ${spread} }`);
    const operation = type === 'PayOrderResult' ? 'mutation' : 'query';
    const variables = spread.includes('$a') ? '($a: Boolean = true)' : '';
    return `${operation} ${variables} { ${fields.join(' ')} } fragment F on ${type} { ${inside} }`;
  }

  private set(type: GraphQLNamedType, depth: number): string {
    const parts = ['__typename'];
    this.selections += 1;
    if (isUnionType(type)) {
      for (const member of this.schema.getPossibleTypes(type)) {
        if (this.random() > this.density) continue;
        this.selections += 1;
        parts.push(`... on ${member.name} { ${this.set(member, depth)} }`);
      }
    } else if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        const inside = getNamedType(field.type);
        const isLeaf = !isObjectType(inside) && !isInterfaceType(inside) && !isUnionType(inside);
        if (field.args.some(isRequiredArgument) || this.random() > this.density) continue;
        this.selections += 1;
        if (isLeaf) parts.push(field.name);
        else if (depth > 1 && this.selections < maximumSelections)
          parts.push(`${field.name} { ${this.set(inside, depth - 1)} }`);
      }
    }
    return parts.join(' ');
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

import { z } from 'zod';

/** Every shape that has a name in the OpenAPI document. */
export const shapes = z.registry<{ id: string }>();

/** Gives a shape its name in the OpenAPI document. */
export function named<Shape extends z.ZodType>(id: string, shape: Shape): Shape {
  shapes.add(shape, { id });
  return shape;
}

export const id = z.guid('must be a UUID');
export const instant = z.iso.datetime().describe('UTC instant, RFC 3339 with milliseconds.');
export const cents = z.int().describe('Integer minor units (cents).');
/** Its form only: which currencies there are, the subgraphs know. */
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be three upper-case letters')
  .describe('ISO 4217 code.');

const page = named(
  'Page',
  z.object({
    next_cursor: z.string().nullable().describe('For the query parameter `cursor`; null on the last page.'),
    has_next_page: z.boolean(),
  }),
);

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), page });
}

/** The response of a route that returns a connection of the graph as a page. */
export function toPageResponse<Node, Item>(
  connection: { nodes: readonly Node[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } },
  toItem: (node: Node) => Item,
  nextLink: (nextCursor: string | null) => { link?: string },
) {
  const { hasNextPage, endCursor } = connection.pageInfo;
  const nextCursor = hasNextPage ? endCursor : null;
  const data = connection.nodes.map((node) => toItem(node));
  const body = { data, page: { next_cursor: nextCursor, has_next_page: hasNextPage } };
  return { status: 200 as const, body, headers: nextLink(nextCursor) };
}

/**
 * Asserts a field that is null only together with an error: a root field, or a field of another
 * subgraph. `runOperation` throws for every error, so null is a bug. A partial resource would be
 * incorrect.
 *
 * @throws Error, which becomes 500 internal
 */
export function required<Value>(value: Value | null, field: string): Value {
  if (value === null) throw new Error(`${field} is null without an error`);
  return value;
}

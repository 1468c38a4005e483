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

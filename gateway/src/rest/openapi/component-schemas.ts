import { z } from 'zod';
import { shapes } from '../shapes/shape';

export type JsonSchema = Record<string, unknown>;

/** Every named shape as a JSON Schema (2020-12), for `#/components/schemas`. */
export function componentSchemas(): Record<string, JsonSchema> {
  // As clients may write them: a shape that also transforms is documented by what goes in.
  const { schemas } = z.toJSONSchema(shapes, { io: 'input', uri: schemaReference });
  // By name: else the document would depend on which module was loaded first.
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, schema]) => [name, withoutIdentity(schema)]),
  );
}

/** A reference to the named shape. */
export function referenceTo(shape: z.ZodType): JsonSchema {
  const name = shapes.get(shape)?.id;
  if (name === undefined) throw new Error('A body in the OpenAPI document must be a named shape.');
  return { $ref: schemaReference(name) };
}

/** The schema of a query parameter: as it is meant, not as the text that carries it. */
export function parameterSchema(shape: z.ZodType): JsonSchema {
  return withoutIdentity(z.toJSONSchema(shape, { io: 'output' }));
}

/** The document declares the dialect; the key in `schemas` is the name. */
function withoutIdentity(schema: object): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).filter(([keyword]) => !['$id', '$schema'].includes(keyword)),
  );
}

function schemaReference(name: string): string {
  return `#/components/schemas/${name}`;
}

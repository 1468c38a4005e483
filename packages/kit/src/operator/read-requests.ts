import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import { OperatorError } from './options';

/** Reads JSON from standard input, because arguments have a size limit. @throws OperatorError */
export async function readRequests<Schema extends z.ZodType>(schema: Schema): Promise<z.infer<Schema>> {
  const input = await text(process.stdin);
  try {
    return schema.parse(JSON.parse(input));
  } catch (cause) {
    throw new OperatorError(`Standard input is not the expected JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

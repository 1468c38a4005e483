import type { OperatedShop } from '@shop/local-stack/operate';
import { z } from 'zod';
import { runOperatorProgram } from './operator-program';

type Programs = OperatedShop['programs'];

const shown = z.object({ cleanUntilMs: z.number().nullable() });

/** Until when everything is known to agree; null when that was never found. The order subgraph keeps it. */
export async function readWatermark({ order }: Programs): Promise<Date | null> {
  let cleanUntilMs: number | null = null;
  for await (const line of runOperatorProgram('order', order, ['watermark', 'show']))
    cleanUntilMs = shown.parse(line).cleanUntilMs;
  return cleanUntilMs === null ? null : new Date(cleanUntilMs);
}

export async function raiseWatermark({ order }: Programs, cleanUntilMs: number): Promise<void> {
  const words = ['watermark', 'raise', String(Math.floor(cleanUntilMs))];
  for await (const _line of runOperatorProgram('order', order, words));
}

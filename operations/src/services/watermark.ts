import type { OperatedShop } from '@shop/local-stack/operate';
import { z } from 'zod';
import { runOperatorProgram } from './operator-program';

type Programs = OperatedShop['programs'];

const shown = z.object({ cleanUntilMs: z.number().nullable() });

/** The time of the last run without a breach, stored by the order subgraph; null if none. */
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

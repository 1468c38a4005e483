import type { OperatedShop } from '@shop/local-stack/operate';
import { z } from 'zod';
import { runOperatorProgram } from './operator-program';

type Programs = OperatedShop['programs'];

const shown = z.object({ cleanUntilMs: z.number().nullable() });

/**
 * `--provider` compares the changes at the providers since the last such run, so it has a separate
 * watermark.
 */
export type WatermarkOwner = 'order' | 'payment';

/**
 * Time of the last run without a breach, from order's database, or with `--provider` from
 * payment's; null if none.
 */
export async function readWatermark(programs: Programs, owner: WatermarkOwner): Promise<Date | null> {
  let cleanUntilMs: number | null = null;
  for await (const line of runOperatorProgram(owner, programs[owner], ['watermark', 'show']))
    cleanUntilMs = shown.parse(line).cleanUntilMs;
  return cleanUntilMs === null ? null : new Date(cleanUntilMs);
}

export async function raiseWatermark(
  programs: Programs,
  owner: WatermarkOwner,
  cleanUntilMs: number,
): Promise<void> {
  const args = ['watermark', 'raise', String(Math.floor(cleanUntilMs))];
  for await (const _line of runOperatorProgram(owner, programs[owner], args));
}

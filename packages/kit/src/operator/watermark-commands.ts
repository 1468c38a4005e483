import { OperatorError } from './operator-error';
import type { OperatorCommand } from './run-operator';
import { watermark } from './watermark.repository';

/** `watermark show|raise` on the table `reconcile_watermark`. Times are Unix times in ms. */
export const watermarkCommands: Readonly<Record<string, OperatorCommand>> = {
  'watermark show': async ({ dataSource, print }) => {
    const cleanUntil = await watermark.find(await dataSource());
    await print({ cleanUntilMs: cleanUntil?.getTime() ?? null });
  },

  'watermark raise': async ({ args, dataSource }) => {
    const cleanUntil = new Date(Number(args[0] ?? Number.NaN));
    if (Number.isNaN(cleanUntil.getTime()))
      throw new OperatorError(
        `watermark raise: expected milliseconds since 1970, got ${args[0] ?? 'nothing'}`,
      );
    await watermark.raise(await dataSource(), cleanUntil);
  },
};

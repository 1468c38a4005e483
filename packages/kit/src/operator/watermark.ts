import type { DataSource } from 'typeorm';
import { OperatorError } from './options';
import type { OperatorCommand } from './run-operator';

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

/** The time up to which reconcile has found no breach. */
export const watermark = {
  async find({ manager }: DataSource): Promise<Date | null> {
    const [row] = await manager.query<{ cleanUntil: Date }[]>(
      '/* WatermarkRepository.find */ SELECT clean_until AS "cleanUntil" FROM reconcile_watermark',
    );
    return row?.cleanUntil ?? null;
  },

  /** Of two concurrent runs the later time is kept. */
  async raise({ manager }: DataSource, cleanUntil: Date): Promise<void> {
    await manager.query(
      `/* WatermarkRepository.raise */
       INSERT INTO reconcile_watermark AS watermark (clean_until) VALUES ($1)
       ON CONFLICT (is_only) DO UPDATE SET clean_until = greatest(watermark.clean_until, excluded.clean_until)`,
      [cleanUntil],
    );
  },
};

import type { DataSource } from 'typeorm';

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

import { join } from 'node:path';
import type { DeclinePolicy } from '../options/options';
import { type ChaosShop, openChaosShop } from './chaos-shop';

/** Keeps one shop open at a time, until a phase needs another number of replicas. */
export class SharedShop {
  private current: { replicas: number; shop: Promise<ChaosShop> } | undefined;
  private opened = 0;

  /** @param logsDir gets a folder with the logs of each shop that was open */
  constructor(
    private readonly logsDir: string,
    private readonly decline: DeclinePolicy,
  ) {}

  async open(options: { replicas: number }): Promise<ChaosShop> {
    if (this.current?.replicas !== options.replicas) {
      await this.close();
      this.opened += 1;
      const logsDir = join(this.logsDir, `shop-${this.opened}`);
      this.current = { ...options, shop: openChaosShop({ ...options, logsDir, decline: this.decline }) };
    }
    return this.current.shop;
  }

  async close(): Promise<void> {
    const shop = await this.current?.shop.catch(() => undefined);
    this.current = undefined;
    await shop?.close();
  }
}

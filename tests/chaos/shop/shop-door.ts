import { type ChaosShop, openChaosShop } from './chaos-shop';

/** Keeps one shop open at a time, for as long as the phases can share it. */
export class ShopDoor {
  private current: { replicas: number; shop: Promise<ChaosShop> } | undefined;

  async open(wanted: { replicas: number }): Promise<ChaosShop> {
    if (this.current?.replicas !== wanted.replicas) {
      await this.close();
      this.current = { ...wanted, shop: openChaosShop(wanted) };
    }
    return this.current.shop;
  }

  async close(): Promise<void> {
    const shop = await this.current?.shop.catch(() => undefined);
    this.current = undefined;
    await shop?.close();
  }
}

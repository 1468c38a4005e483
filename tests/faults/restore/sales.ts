import { eventually } from '@shop/testkit/eventually';
import type { Account } from '../../chaos/clients/account';
import { orderIdIn } from '../../chaos/clients/perform';
import type { ShopResponse } from '../../chaos/clients/request';

/** A customer, and an administrator who cancels; the keys of the requests are kept for repeats. */
export class Sales {
  readonly orderIds = new Map<string, string>();

  constructor(
    private readonly customer: Account,
    private readonly admin: Account,
    private readonly productId: string,
  ) {}

  /** The order that was placed as `name`. */
  idOf(name: string): string {
    const id = this.orderIds.get(name);
    if (id === undefined) throw new Error(`no order was placed as ${name}`);
    return id;
  }

  async place(...names: string[]): Promise<void> {
    for (const name of names) {
      const response = await this.sendCreate(name);
      expect(response.status).toBe(201);
      this.orderIds.set(name, orderIdIn(response)!);
    }
  }

  async pay(...names: string[]): Promise<void> {
    for (const name of names) expect((await this.sendPay(this.idOf(name), name)).status).toBe(200);
  }

  async buy(...names: string[]): Promise<void> {
    for (const name of names) {
      await this.place(name);
      await this.pay(name);
    }
  }

  /** A repeat has the same key. */
  sendCreate(name: string): Promise<ShopResponse> {
    const body = { items: [{ product_id: this.productId, quantity: 2 }] };
    return this.customer.send({ method: 'POST', path: '/v1/orders', key: `create-${name}`, body });
  }

  /** A repeat has the same key. */
  sendPay(orderId: string, name: string, method = 'sim_success'): Promise<ShopResponse> {
    const request = { method: 'POST', path: `/v1/orders/${orderId}/pay`, key: `pay-${name}` } as const;
    return this.customer.send({ ...request, body: { payment_method: method } });
  }

  async cancel(by: 'customer' | 'admin', ...names: string[]): Promise<void> {
    for (const name of names) {
      const path = `/v1/orders/${this.idOf(name)}/cancel`;
      const response = await this[by].send({ method: 'POST', path, key: `cancel-${name}` });
      expect(response.status).toBe(200);
    }
  }

  /** The status, or the code of the error. */
  async statusOf(name: string): Promise<unknown> {
    const { body, code } = await this.customer.send({ method: 'GET', path: `/v1/orders/${this.idOf(name)}` });
    return body['status'] === undefined || code !== null ? code : body['status'];
  }

  async expectStatuses(expected: Record<string, string>): Promise<void> {
    await eventually(async () => {
      const names = Object.keys(expected);
      const found = await Promise.all(names.map(async (name) => [name, await this.statusOf(name)]));
      expect(Object.fromEntries(found)).toEqual(expected);
    });
  }
}

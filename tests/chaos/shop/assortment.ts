import { randomUUID } from 'node:crypto';
import type { Account } from '../clients/account';
import type { Line } from '../clients/checkout';
import type { Scenario } from '../clients/scenario';
import type { Random } from '../random/random';

/** Products, by their role in the scenarios. */
export interface Assortment {
  /** Products that do not sell out. */
  plentiful: readonly string[];
  /** A product with a price of 0. */
  free: string;
  /** A product that sells out during the run. */
  scarce: string;
  soldOut: string;
}

const plentifulCount = 20;

export async function createAssortment(admin: Account): Promise<Assortment> {
  const plentiful: string[] = [];
  for (let index = 0; index < plentifulCount; index += 1) plentiful.push(await addProduct(admin, 1_000_000));
  return {
    plentiful,
    free: await addProduct(admin, 1_000_000, 0),
    scarce: await addProduct(admin, 30),
    soldOut: await addProduct(admin, 0),
  };
}

/** @returns the ID of the new product */
export async function addProduct(admin: Account, stock: number, price_cents = 1_000): Promise<string> {
  const sku = `CHAOS-${randomUUID()}`;
  const body = { sku, name: `Thing ${sku}`, price_cents, currency: 'EUR', stock };
  const response = await admin.send({ method: 'POST', path: '/v1/products', body });
  if (response.status !== 201) throw new Error(`POST /v1/products: ${response.status} ${response.code}`);
  return String(response.body['id']);
}

/** One to three products; in 5 % of the orders also the scarce one. */
export function fillBasket(assortment: Assortment, scenario: Scenario, random: Random): Line[] {
  if (scenario === 'out_of_stock') return [{ product_id: assortment.soldOut, quantity: 1 }];
  if (scenario === 'free') return [{ product_id: assortment.free, quantity: 1 + random.below(3) }];
  const lines = random
    .shuffle(assortment.plentiful)
    .slice(0, 1 + random.below(3))
    .map((product_id) => ({ product_id, quantity: 1 + random.below(3) }));
  return random.next() < 0.05 ? [...lines, { product_id: assortment.scarce, quantity: 1 }] : lines;
}

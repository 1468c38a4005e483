import type { OperatedShop } from '@shop/local-stack/operate';
import { z } from 'zod';
import { runOperatorProgram } from '../operator-program';
import type { OrderCase } from '../state/state-record';

/** One action of a service for an order; `problem`: why it was not possible. */
const healedOrder = z.object({ orderId: z.string(), action: z.string(), problem: z.string().optional() });

export type HealedOrder = z.infer<typeof healedOrder>;

type Programs = OperatedShop['programs'];

/** Lines of a reservation that must be HELD, COMMITTED or RELEASED; input of product's `heal`. */
interface StockRepair {
  orderId: string;
  target: 'HELD' | 'COMMITTED' | 'RELEASED';
  lines: { productId: string; quantity: number }[];
}

/** An order as payment's `heal` needs it; `order` null: it does not exist. */
interface MoneyRepair {
  orderId: string;
  order: { status: string; userId: string; paymentId: string | null } | null;
}

/** What each service must do about one order with a breach. */
export interface Repair {
  product: StockRepair | null;
  /** True if the order cannot be paid any more, because its stock was released. */
  mustExpire: boolean;
  payment: MoneyRepair;
}

/**
 * The order decides about the stock, and the provider about the money. Each action is idempotent, so
 * an order that was healed already is not changed.
 */
export function planRepair({ orderId, order, reservation, payments, charges }: OrderCase): Repair {
  // A draft has no status; its poller continues it.
  const status = order?.status ?? null;
  const payment = {
    orderId,
    order: order ? { status: status ?? 'DRAFT', userId: order.userId, paymentId: order.paymentId } : null,
  };
  const lines = order ? parseLines(order.lines) : [];
  const repair = (target: StockRepair['target']) => ({ orderId, target, lines });
  const base = { product: null, mustExpire: false, payment };
  const held = reservation?.status;
  if (!order) return held && held !== 'RELEASED' ? { ...base, product: repair('RELEASED') } : base;
  switch (status) {
    case 'PENDING':
      if (held === 'RELEASED') return { ...base, mustExpire: true };
      return held ? base : { ...base, product: repair('HELD') };
    case 'CONFIRMED': {
      // The event of its refund cancels the order.
      const isRefunded =
        payments.some((payment) => payment.status === 'REFUNDED') || charges.some((one) => one.isRefunded);
      const isCancelled = held === 'RELEASED' && isRefunded;
      return held === 'COMMITTED' || isCancelled ? base : { ...base, product: repair('COMMITTED') };
    }
    case 'CANCELLED':
      return held === 'RELEASED' ? base : { ...base, product: repair('RELEASED') };
    case null:
      return base;
    default:
      return status satisfies never;
  }
}

function parseLines(lines: string): StockRepair['lines'] {
  return lines
    .split(', ')
    .filter(Boolean)
    .map((line) => {
      const [productId = '', quantity] = line.split(' ');
      return { productId, quantity: Number(quantity) };
    });
}

/**
 * Starts the repair of orders with a breach, for example after a restore: each service changes its own
 * records, and its background work then asks the provider, refunds or confirms.
 *
 * @throws ServiceError
 */
export async function heal(
  programs: Programs,
  broken: readonly OrderCase[],
  includesProviders: boolean,
): Promise<HealedOrder[]> {
  const repairs = broken.map(planRepair);
  const stock = repairs.map(({ product }) => product).filter((repair) => repair !== null);
  const overdue = repairs.filter(({ mustExpire }) => mustExpire).map(({ payment }) => payment.orderId);
  const money = repairs.map(({ payment }) => payment);
  const providerArgs = includesProviders ? ['--provider'] : [];
  // Stock first: a payment that is recorded commits the stock of its order.
  return [
    ...(await run(programs, 'product', [], stock)),
    ...(await run(programs, 'order', [], overdue)),
    ...(await run(programs, 'payment', providerArgs, money)),
  ];
}

async function run(
  programs: Programs,
  service: 'product' | 'order' | 'payment',
  args: readonly string[],
  input: readonly unknown[],
): Promise<HealedOrder[]> {
  const healed: HealedOrder[] = [];
  if (input.length === 0) return healed;
  const lines = runOperatorProgram(service, programs[service], ['heal', ...args], JSON.stringify(input));
  for await (const line of lines) healed.push(healedOrder.parse(line));
  return healed;
}

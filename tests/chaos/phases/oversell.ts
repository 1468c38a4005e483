import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createTokenSigner, readKeyRing } from '@shop/kit/auth';
import { withClient } from '@shop/local-stack/postgres';
import type { Account } from '../clients/account';
import { checkOut } from '../clients/checkout';
import { readFinalOrders } from '../history/final-orders';
import { History } from '../history/history';
import { toInvariantResult } from '../report/invariant-result';
import { addProduct } from '../shop/assortment';
import type { ChaosShop } from '../shop/chaos-shop';
import { checkHistoryInvariants } from './history-invariants';
import type { Phase } from './phase';
import { waitUntilConsistent } from './rest';

const stock = 100;
const concurrency = 100;
const retriesTimeoutMs = 300_000;

/** More buyers than stock, against two processes of each service. */
export const oversellPhase: Phase = async ({ options, shop: openShop, timeline }) => {
  const shop = await openShop();
  const productId = await addProduct(shop.admin, stock);
  const history = new History();
  const buyers = createBuyers(shop, options.buyers);
  const timeoutAtMs = performance.now() + retriesTimeoutMs;
  const run = randomUUID().slice(0, 8);
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let buyer = buyers.pop(); buyer; buyer = buyers.pop()) {
        await checkOut({
          ...{ scenario: 'buy', client: buyers.length, checkout: buyers.length, isRepeated: false },
          ...{ customer: buyer, admin: shop.admin, history, key: `${run}-${buyers.length}` },
          lines: [{ product_id: productId, quantity: 1 }],
          retryLimits: { isExpired: () => performance.now() > timeoutAtMs },
        });
        timeline.checkoutFinished();
      }
    }),
  );
  const rest = await waitUntilConsistent(shop.stack.databaseUrls, {
    lastRestartAt: performance.now(),
    history,
  });
  return {
    results: [
      await salesResult(shop, history, options.buyers),
      ...(await checkHistoryInvariants(history, shop.stack.databaseUrls.order, options.decline)),
      rest,
    ],
    counts: { responses: history.responseCounts() },
  };
};

/**
 * Creates buyers with tokens that are signed with the shop's own key, because a thousand logins would
 * spend the time on password hashing.
 */
function createBuyers({ send, stack }: ChaosShop, count: number): Account[] {
  const { current } = readKeyRing(join(stack.dataDir, 'keys', 'signing'));
  const name = 'supergraph-shop';
  const signer = createTokenSigner({ currentKey: () => current, issuer: name, audience: name });
  return Array.from({ length: count }, () => {
    const userId = randomUUID();
    const token = signer.sign({ userId, role: 'CUSTOMER', sessionId: randomUUID() });
    return { userId, send: (request) => send({ ...request, token }) };
  });
}

async function salesResult({ stack }: ChaosShop, history: History, buyers: number) {
  const users = new Set(history.operations.map(({ userId }) => userId));
  const orders = await readFinalOrders(stack.databaseUrls.order);
  const confirmed = orders.filter(({ userId, status }) => users.has(userId) && status === 'CONFIRMED').length;
  const failures = history.operations.flatMap(({ responses }) =>
    responses.filter(({ status }) => status === 500),
  );
  const deadlocks = await countDeadlocks(stack.databaseUrls.product);
  return toInvariantResult(
    'no product is oversold',
    `stock ${stock}, ${buyers} buyers, ${stack.replicas.order.length} order and ${stack.replicas.product.length} product processes: ${confirmed} CONFIRMED, ${deadlocks} deadlocks in the product database, ${failures.length} responses with status 500`,
    confirmed === Math.min(stock, buyers) && failures.length === 0 ? [] : [`${confirmed} CONFIRMED`],
  );
}

function countDeadlocks(databaseUrl: string): Promise<number> {
  const sql = 'SELECT deadlocks::int AS count FROM pg_stat_database WHERE datname = current_database()';
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ count: number }>(sql);
    return rows[0]?.count ?? 0;
  });
}

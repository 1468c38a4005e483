import { withClient } from '@shop/local-stack/postgres';
import { graphql } from '@shop/testkit/http';
import type { TestStack } from '@shop/testkit/stack';

/** Reads the state that a row can change, as an account that is authorized to read it. */
export interface ShopState {
  /** Status, payments and their refunds. */
  order(id: string): Promise<unknown>;
  /** From the table of the simulator, because `nextAction` can be a second old. */
  charge(paymentId: string): Promise<unknown>;
  /** Name and stock. */
  product(id: string): Promise<unknown>;
  productWithSku(sku: string): Promise<unknown>;
  /** Whether a session of the owner is open. */
  isOpen(sessionId: string): Promise<boolean>;
}

export function shopState(
  { gatewayUrl, databaseUrls }: Pick<TestStack, 'gatewayUrl' | 'databaseUrls'>,
  { owner, admin }: { owner: { token: string }; admin: { token: string } },
): ShopState {
  const send = graphql(gatewayUrl);

  async function read<Result>(
    query: string,
    variables: object,
    { token }: { token: string },
  ): Promise<Result> {
    const { body } = await send<{ result: Result }>(query, { variables: { ...variables }, token });
    // Without this check, an error before and after the request would count as no change.
    if (!body.data || body.errors) throw new Error(`reading the state failed: ${JSON.stringify(body)}`);
    return body.data.result;
  }

  return {
    order: (id) =>
      read(
        'query ($id: ID!) { result: order(id: $id) { status payments { id status refund { createdAt } } } }',
        { id },
        admin,
      ),
    charge: (id) =>
      withClient(databaseUrls.payment, async (client) => {
        const sql = 'SELECT outcome FROM simulator.charges JOIN payments ON key = provider_key WHERE id = $1';
        const { rows } = await client.query<{ outcome: string }>(sql, [id]);
        if (!rows[0]) throw new Error(`payment ${id} has no charge`);
        return rows[0].outcome;
      }),
    product: (id) => read('query ($id: ID!) { result: product(id: $id) { name stock } }', { id }, admin),
    productWithSku: (sku) =>
      read('query ($sku: String!) { result: productBySku(sku: $sku) { id } }', { sku }, admin),
    async isOpen(sessionId) {
      const { sessions } = await read<{ sessions: { id: string }[] }>(
        '{ result: me { sessions { id } } }',
        {},
        owner,
      );
      return sessions.some(({ id }) => id === sessionId);
    },
  };
}

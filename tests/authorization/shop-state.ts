import { graphql } from '@shop/testkit/http';

/** Reads what rows may change, with the rights of whoever may see it. */
export interface ShopState {
  /** Status, payments, and whether a refund was begun. */
  order(id: string): Promise<unknown>;
  /** What the owner must still do for it. */
  nextAction(paymentId: string): Promise<unknown>;
  /** Name and stock. */
  product(id: string): Promise<unknown>;
  productWithSku(sku: string): Promise<unknown>;
  /** Whether a session of the owner's is open. */
  isOpen(sessionId: string): Promise<boolean>;
}

export function shopState(
  gatewayUrl: string,
  { owner, admin }: { owner: { token: string }; admin: { token: string } },
): ShopState {
  const ask = graphql(gatewayUrl);

  async function read<Result>(
    query: string,
    variables: object,
    { token }: { token: string },
  ): Promise<Result> {
    const { body } = await ask<{ result: Result }>(query, { variables: { ...variables }, token });
    // Else "no answer" before and after would count as no change.
    if (!body.data || body.errors) throw new Error(`the state cannot be read: ${JSON.stringify(body)}`);
    return body.data.result;
  }

  return {
    order: (id) =>
      read(
        'query ($id: ID!) { result: order(id: $id) { status payments { id status refund { createdAt } } } }',
        { id },
        admin,
      ),
    nextAction: (id) =>
      read('query ($id: ID!) { result: payment(id: $id) { nextAction { type } } }', { id }, owner),
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

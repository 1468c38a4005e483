const fragments = /* GraphQL */ `
  fragment ProductParts on Product {
    id
    sku
    name
    stock
    price {
      amountCents
      currency
    }
  }
  fragment PaymentParts on Payment {
    id
    status
    amount {
      amountCents
      currency
    }
  }
  fragment OrderParts on Order {
    id
    status
    cancelReason
    expiresAt
    total {
      amountCents
      currency
    }
    items {
      product {
        id
      }
      sku
      quantity
      unitPrice {
        amountCents
        currency
      }
    }
    payments {
      ...PaymentParts
    }
  }
  fragment SessionParts on AuthSession {
    user {
      id
    }
    accessToken
    refreshToken
  }
`;

const definitions = new Map(
  fragments
    .split(/(?=fragment )/)
    .map((text) => [/fragment (\w+)/.exec(text)?.[1] ?? '', text] as const)
    .filter(([name]) => name),
);

/** The definitions of the fragments that an operation spreads, and of those that they spread in turn. */
export function usedFragments(operation: string): string {
  const wanted = new Set<string>();
  const collect = (text: string) => {
    for (const [, name] of text.matchAll(/\.\.\.(\w+Parts)/g)) {
      if (name && !wanted.has(name)) {
        wanted.add(name);
        collect(definitions.get(name) ?? '');
      }
    }
  };
  collect(operation);
  return [...wanted].map((name) => definitions.get(name)).join('\n');
}

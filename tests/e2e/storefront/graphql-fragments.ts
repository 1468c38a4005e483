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

/** The definitions of the fragments that an operation spreads, nested ones included. */
export function usedFragments(operation: string): string {
  const names = new Set<string>();
  const collect = (text: string) => {
    for (const [, name] of text.matchAll(/\.\.\.(\w+Parts)/g)) {
      if (name && !names.has(name)) {
        names.add(name);
        collect(definitions.get(name) ?? '');
      }
    }
  };
  collect(operation);
  return [...names].map((name) => definitions.get(name)).join('\n');
}

import type { Mutant } from '../mutant';

export const productMutants: readonly Mutant[] = [
  {
    name: 'stock condition',
    harm: 'more units are sold than are in stock',
    workspace: 'subgraphs/product',
    edits: [
      {
        file: 'subgraphs/product/src/migrations/1795900000020-reserve-in-one-statement.ts',
        find: 'WHERE products.id = locked.id AND stock >= quantities[position]',
        replace: 'WHERE products.id = locked.id',
      },
      {
        file: 'subgraphs/product/src/migrations/1764000000000-create-catalogue.ts',
        find: 'CHECK (stock >= 0)',
        replace: 'CHECK (stock > -1000)',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/product/test/reservation-locks.test.ts',
      title:
        'A reservation that waits for another transaction is rejected with the stock that is available then, and stores nothing',
    },
  },
  {
    name: 'running sum of reserved units',
    harm: 'a loss of stock is not detected, or is reported although there is none',
    workspace: 'subgraphs/product',
    edits: [
      {
        file: 'subgraphs/product/src/migrations/1795700000000-keep-stock-sums.ts',
        find: 'PERFORM add_to_stock_sums(product_id, sign * quantity, 0) FROM reservation_lines WHERE order_id = NEW.order_id;',
        replace: '-- removed',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/product/test/stock-sums.test.ts',
      title:
        'The running sums of the stock equal the records after concurrent reservations, releases and adjustments',
    },
  },
  {
    name: 'closed reservation',
    harm: 'a reservation that arrives after the release holds stock that no order uses',
    workspace: 'subgraphs/product',
    edits: [
      {
        file: 'subgraphs/product/src/migrations/1795900000020-reserve-in-one-statement.ts',
        find: "VALUES (reserved_order, 'HELD') ON CONFLICT DO NOTHING",
        replace: "VALUES (reserved_order, 'HELD') ON CONFLICT (order_id) DO UPDATE SET status = 'HELD'",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/product/test/reservations.test.ts',
      title: 'reservations releaseStock closes the order permanently: a later reservation holds nothing',
    },
  },
];

import { randomUUID } from 'node:crypto';
import { repositoryStatements } from '@shop/testkit/repository-statements';
import { type Call, newAttempt, type PaymentService, startPaymentService } from './support/payment-service';

let service: PaymentService;

beforeAll(async () => {
  service = await startPaymentService();
});
afterAll(() => service.stop());

const admin: Call = { viewer: { userId: randomUUID(), role: 'ADMIN' } };
const stranger: Call = { viewer: { userId: randomUUID() } };

const paymentById = (id: string, call: Call) =>
  service.execute(
    `query ($id: ID!) {
      payment(id: $id) {
        id order { id } amount { amountCents currency } status provider failureCode createdAt updatedAt
      }
    }`,
    { id },
    call,
  );

const entities = async (representations: object[], call: Call) => {
  const { data } = await service.execute(
    `query ($representations: [_Any!]!) {
      _entities(representations: $representations) {
        ... on Payment { id status }
        ... on Order { id payments { id status failureCode } }
      }
    }`,
    { representations },
    call,
  );
  return data._entities;
};

const amountsDue = async (orders: { id: string; status: string }[], call: Call) => {
  const total = { amountCents: 5_000, currency: 'EUR' };
  const { data } = await service.execute(
    `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Order { amountDue { amountCents currency } } }
    }`,
    { representations: orders.map((order) => ({ __typename: 'Order', ...order, total })) },
    call,
  );
  return data._entities.map((order: { amountDue: { amountCents: number } }) => order.amountDue.amountCents);
};

describe('A payment', () => {
  it('is resolved next to an invalid reference, which is null with an error at its own path', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_declined' });
    const { paymentId: id } = await service.charge(attempt);
    const good = { __typename: 'Payment', id };
    const bad = [
      { __typename: 'Payment' },
      { ...good, id: null },
      { ...good, id: 1.5 },
      { ...good, __typename: 'User' },
      { __typename: 'Order' },
    ];
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Payment { id } }
    }`;
    const result = await service.execute(query, { representations: [...bad, good] }, admin);
    expect(result.data._entities).toEqual([...bad.map(() => null), { id }]);
    expect(result.errors?.map(({ path }) => path)).toEqual(bad.map((_, index) => ['_entities', index]));
  });

  it('is visible to the owner of its order and to an ADMIN', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_declined' });
    const { paymentId } = await service.charge(attempt);
    const expected = {
      id: paymentId,
      order: { id: attempt.orderId },
      amount: { amountCents: 4_200, currency: 'EUR' },
      status: 'FAILED',
      provider: 'simulator',
      failureCode: 'card_declined',
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    };
    const owner: Call = { viewer: { userId: attempt.userId } };
    expect((await paymentById(paymentId, owner)).data.payment).toEqual(expected);
    expect((await paymentById(paymentId.toUpperCase(), admin)).data.payment).toEqual(expected);
    expect(await entities([{ __typename: 'Payment', id: paymentId }], owner)).toEqual([
      { id: paymentId, status: 'FAILED' },
    ]);
  });

  it('is null for others', async () => {
    const { paymentId } = await service.charge(newAttempt());
    expect((await paymentById(paymentId, stranger)).data).toEqual({ payment: null });
    expect(await entities([{ __typename: 'Payment', id: paymentId }], stranger)).toEqual([null]);
    expect(await entities([{ __typename: 'Payment', id: paymentId }], {})).toEqual([null]);
    expect((await paymentById(paymentId, {})).errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  });

  it('is null for an ID that is unknown or not a UUID', async () => {
    for (const id of [randomUUID(), 'no-uuid', '', '\0']) {
      expect((await paymentById(id, admin)).data).toEqual({ payment: null });
    }
  });
});

describe('Order.payments', () => {
  it('has every attempt, newest first, for the owner and an ADMIN, and none for others', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_unavailable' });
    const first = await service.charge(attempt);
    const second = await service.charge({ ...attempt, attempt: 2, paymentMethod: 'sim_success' });
    const order = { __typename: 'Order', id: attempt.orderId };
    const payments = [
      { id: second.paymentId, status: 'SUCCEEDED', failureCode: null },
      { id: first.paymentId, status: 'FAILED', failureCode: 'provider_unavailable' },
    ];
    const owner: Call = { viewer: { userId: attempt.userId } };
    expect(await entities([order], owner)).toEqual([{ id: attempt.orderId, payments }]);
    expect(await entities([order], admin)).toEqual([{ id: attempt.orderId, payments }]);
    expect(await entities([order], stranger)).toEqual([{ id: attempt.orderId, payments: [] }]);
    expect(await entities([order], {})).toEqual([{ id: attempt.orderId, payments: [] }]);
  });

  it('has at most the newest 10 attempts', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_unheard_of' });
    const paymentIds: string[] = [];
    for (let number = 1; number <= 12; number += 1)
      paymentIds.push((await service.charge({ ...attempt, attempt: number })).paymentId);
    const [order] = (await entities([{ __typename: 'Order', id: attempt.orderId }], admin)) as [
      { payments: { id: string }[] },
    ];
    expect(order.payments.map(({ id }) => id)).toEqual(paymentIds.slice(2).reverse());
  });

  it('is empty for an ID that is not a UUID', async () => {
    expect(await entities([{ __typename: 'Order', id: 'x' }], admin)).toEqual([{ id: 'x', payments: [] }]);
  });

  it.each([1, 20])('is read with one statement for %i orders and their amounts due', async (count) => {
    const attempts = Array.from({ length: count }, () => newAttempt());
    for (const attempt of attempts) await service.charge(attempt);
    const orders = attempts.map(({ orderId }) => ({
      __typename: 'Order',
      id: orderId,
      status: 'PENDING',
      total: { amountCents: 4_200, currency: 'EUR' },
    }));
    let data: { _entities: { payments: unknown[] }[] } = { _entities: [] };
    const statements = await repositoryStatements(async () => {
      ({ data } = await service.execute(
        `query ($representations: [_Any!]!) {
          _entities(representations: $representations) {
            ... on Order { payments { id amount { amountCents } } amountDue { amountCents } }
          }
        }`,
        { representations: [...orders, ...orders] },
        admin,
      ));
    });
    expect(data._entities).toHaveLength(2 * count);
    expect(data._entities[0]?.payments).toHaveLength(1);
    expect(statements).toHaveLength(1);
  });
});

describe('Order.amountDue', () => {
  it('is the total until it is charged, and 0 unless the order is PENDING', async () => {
    const paid = newAttempt({ amountCents: 5_000 });
    await service.charge(paid);
    const declined = newAttempt({ amountCents: 5_000, paymentMethod: 'sim_declined' });
    await service.charge(declined);
    const orders = [
      { id: randomUUID(), status: 'PENDING' },
      { id: declined.orderId, status: 'PENDING' },
      { id: declined.orderId, status: 'CANCELLED' },
      { id: paid.orderId, status: 'PENDING' },
      { id: paid.orderId, status: 'CONFIRMED' },
    ];
    expect(await amountsDue(orders, admin)).toEqual([5_000, 5_000, 0, 0, 0]);
  });
});

describe('POST /graphql', () => {
  it('returns 401 without a valid service credential', async () => {
    const response = await fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(response.status).toBe(401);
  });
});

import { randomUUID } from 'node:crypto';
import { addProduct, adjustStockMutation, type Outcome, readProduct } from './support/catalogue-operations';
import { dataOf, errorCodeOf, type ProductService, startProductService } from './support/product-service';

describe('adjustStock', () => {
  let service: ProductService;

  beforeAll(async () => {
    service = await startProductService();
  });
  afterEach(async () => {
    expect(await service.stockMismatches()).toEqual([]);
  });
  afterAll(() => service.stop());

  const send = (input: object) =>
    service.send<{ adjustStock: Outcome }>(
      adjustStockMutation,
      { input: { reason: 'Delivery', ...input } },
      { as: 'admin' },
    );
  const adjust = async (input: object) => dataOf(await send(input)).adjustStock;
  const ledgerOf = (productId: string) =>
    service.dataSource.query<object[]>(
      `SELECT delta, reason, idempotency_key AS key FROM stock_ledger
       WHERE product_id = $1 AND reason <> 'Initial stock' ORDER BY id`,
      [productId],
    );

  it('changes the stock, records the reason, and does not change the version of the product', async () => {
    const before = await addProduct(service, { stock: 5 });
    const { product } = await adjust({ productId: before.id, delta: -5, reason: '  Broken in transit ' });
    expect(product).toMatchObject({ stock: 0, inStock: false });
    expect(product?.updatedAt).toBe(before.updatedAt);
    expect(await ledgerOf(before.id)).toEqual([{ delta: -5, reason: 'Broken in transit', key: null }]);
  });

  it('rejects a stock below zero and returns the available units', async () => {
    const { id: productId } = await addProduct(service, { stock: 5 });
    expect(await adjust({ productId, delta: -6 })).toMatchObject({
      __typename: 'StockBelowZero',
      code: 'stock_below_zero',
      available: 5,
    });
    expect(await ledgerOf(productId)).toEqual([]);
  });

  it('rejects a stock above 1000000000', async () => {
    const { id: productId } = await addProduct(service, { stock: 1 });
    expect(await adjust({ productId, delta: 1_000_000_000 })).toMatchObject({
      __typename: 'InvalidInput',
      fields: [{ path: 'delta' }],
    });
  });

  it('applies every concurrent adjustment and never goes below zero', async () => {
    const { id: productId } = await addProduct(service, { stock: 10 });
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => adjust({ productId, delta: -1 })));
    const kinds = outcomes.map((outcome) => outcome.__typename);
    expect(kinds.filter((kind) => kind === 'ProductPayload')).toHaveLength(10);
    expect(kinds.filter((kind) => kind === 'StockBelowZero')).toHaveLength(20);
    expect((await readProduct(service, productId))?.stock).toBe(0);
  });

  it('has one effect per idempotency key and returns equal results to concurrent requests', async () => {
    const { id: productId } = await addProduct(service);
    const idempotencyKey = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => send({ productId, delta: 4, idempotencyKey })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(29);
    expect(await ledgerOf(productId)).toEqual([{ delta: 4, reason: 'Delivery', key: idempotencyKey }]);
  });

  it('returns the first result to a repeat, rejections included, whatever has changed since', async () => {
    const { id: productId } = await addProduct(service);
    const request = { productId, delta: -1, idempotencyKey: randomUUID() };
    const refusal = await adjust(request);
    expect(refusal.__typename).toBe('StockBelowZero');
    await adjust({ productId, delta: 10 });
    expect(await adjust(request)).toEqual(refusal);
    expect((await readProduct(service, productId))?.stock).toBe(10);
  });

  it('rejects another request with the same key', async () => {
    const { id: productId } = await addProduct(service);
    const idempotencyKey = randomUUID();
    await adjust({ productId, delta: 1, idempotencyKey });
    expect(await adjust({ productId, delta: 2, idempotencyKey })).toMatchObject({
      __typename: 'IdempotencyConflict',
      code: 'idempotency_conflict',
    });
  });

  it.each([
    [{ delta: 0 }, 'delta'],
    [{ delta: 1_000_000_001 }, 'delta'],
    [{ delta: -1_000_000_001 }, 'delta'],
    [{ reason: '  ' }, 'reason'],
    [{ reason: 'r'.repeat(201) }, 'reason'],
    [{ reason: 'nul\0' }, 'reason'],
    [{ idempotencyKey: '' }, 'idempotencyKey'],
  ])('names the field for %j', async (input, path) => {
    const { id: productId } = await addProduct(service);
    const outcome = await adjust({ productId, delta: 1, ...input });
    expect(outcome).toMatchObject({ __typename: 'InvalidInput', fields: [{ path }] });
  });

  it.each([randomUUID(), 'no-uuid'])('knows no product %j', async (productId) => {
    expect((await adjust({ productId, delta: 1 })).__typename).toBe('ProductNotFound');
  });

  it('is for administrators only', async () => {
    const variables = { input: { productId: randomUUID(), delta: 1, reason: 'x' } };
    const codes = [];
    for (const as of ['customer', 'anonymous'] as const) {
      codes.push(errorCodeOf(await service.send(adjustStockMutation, variables, { as })));
    }
    expect(codes).toEqual(['FORBIDDEN', 'UNAUTHENTICATED']);
  });
});

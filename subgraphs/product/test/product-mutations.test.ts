import { randomUUID } from 'node:crypto';
import {
  addProduct,
  adjustStockMutation,
  createProductMutation,
  newSku,
  type Outcome,
  readProduct,
  updateProductMutation,
} from './support/catalogue-operations';
import { dataOf, errorCodeOf, type ProductService, startProductService } from './support/product-service';
import { reservationsOf } from './support/reservation-operations';

describe('Catalogue mutations', () => {
  let service: ProductService;

  beforeAll(async () => {
    service = await startProductService();
  });
  afterAll(() => service.stop());

  const draft = () => ({ sku: newSku(), name: 'Plain mug', priceCents: 1_250, currency: 'EUR' });
  const sendCreate = (input: object, userId?: string) =>
    service.send<{ createProduct: Outcome }>(
      createProductMutation,
      { input },
      { as: 'admin', ...(userId ? { userId } : {}) },
    );
  const create = async (input: object) => dataOf(await sendCreate(input)).createProduct;
  const update = async (input: object) => {
    const answer = await service.send<{ updateProduct: Outcome }>(
      updateProductMutation,
      { input },
      { as: 'admin' },
    );
    return dataOf(answer).updateProduct;
  };
  const ledgerOf = (id: string) =>
    service.dataSource.query<object[]>(
      'SELECT delta, reason, actor FROM stock_ledger WHERE product_id = $1 ORDER BY id',
      [id],
    );

  describe('authorization', () => {
    const mutations = [
      [createProductMutation, () => draft()],
      [updateProductMutation, () => ({ id: randomUUID(), name: 'x' })],
    ] as const;

    it.each(mutations)('a customer is FORBIDDEN', async (mutation, input) => {
      const answer = await service.send(mutation, { input: input() }, { as: 'customer' });
      expect(errorCodeOf(answer)).toBe('FORBIDDEN');
    });

    it.each(mutations)('an anonymous caller is UNAUTHENTICATED', async (mutation, input) => {
      const answer = await service.send(mutation, { input: input() });
      expect(errorCodeOf(answer)).toBe('UNAUTHENTICATED');
    });
  });

  describe('createProduct', () => {
    it('returns the product as any client reads it afterwards', async () => {
      const { product } = await create({ ...draft(), description: ' as it came \n', stock: 7 });
      expect(product).toMatchObject({
        name: 'Plain mug',
        description: ' as it came \n',
        price: { amountCents: 1_250, currency: 'EUR' },
        stock: 7,
        inStock: true,
      });
      expect(product?.updatedAt).toBe(product?.createdAt);
      expect(await readProduct(service, product?.id ?? '')).toEqual(product);
    });

    it('records the first stock in the ledger, and nothing for a stock of 0', async () => {
      const adminId = randomUUID();
      const answer = await sendCreate({ ...draft(), stock: 7 }, adminId);
      const { product } = dataOf(answer).createProduct;
      expect(await ledgerOf(product?.id ?? '')).toEqual([
        { delta: 7, reason: 'Initial stock', actor: adminId },
      ]);
      const empty = await addProduct(service);
      expect(empty).toMatchObject({ stock: 0, inStock: false });
      expect(await ledgerOf(empty.id)).toEqual([]);
    });

    it('rejects a SKU that another product has', async () => {
      const { sku } = await addProduct(service);
      expect(await create({ ...draft(), sku })).toMatchObject({ __typename: 'SkuTaken', code: 'sku_taken' });
    });

    it('trims the name and accepts the limit of each field', async () => {
      const limits = {
        sku: `${'S'.repeat(28)}${randomUUID()}`,
        description: 'd'.repeat(5_000),
        stock: 1_000_000_000,
      };
      const name = `${'n'.repeat(199)}👍`;
      const priceCents = 10_000_000_000;
      const { product } = await create({ ...draft(), ...limits, name: `  ${name} `, priceCents });
      expect(product).toMatchObject({ ...limits, name, price: { amountCents: priceCents } });
    });

    it.each([
      ['sku', ''],
      ['sku', 'S'.repeat(65)],
      ['sku', 'no spaces'],
      ['sku', 'ümlaut'],
      ['name', '   '],
      ['name', 'n'.repeat(201)],
      ['name', 'nul\0'],
      ['name', 'half \ud83d'],
      ['description', 'd'.repeat(5_001)],
      ['description', 'nul\0'],
      ['priceCents', -1],
      ['priceCents', 10_000_000_001],
      ['currency', 'XYZ'],
      ['stock', -1],
      ['stock', 1_000_000_001],
      ['idempotencyKey', ''],
      ['idempotencyKey', 'k'.repeat(129)],
      ['idempotencyKey', 'ключ'],
    ])('rejects the field %s with the value %j', async (path, value) => {
      const outcome = await create({ ...draft(), [path]: value });
      expect(outcome).toMatchObject({ __typename: 'InvalidInput', code: 'invalid_input' });
      expect(outcome.fields?.map((field) => field.path)).toEqual([path]);
    });

    it('returns every invalid field', async () => {
      const outcome = await create({ sku: '', name: '', priceCents: -1, currency: 'XYZ', stock: -1 });
      expect(outcome.fields?.map((field) => field.path).sort()).toEqual([
        'currency',
        'name',
        'priceCents',
        'sku',
        'stock',
      ]);
    });

    it('carries out a request once per idempotency key and returns the first result to a repeat', async () => {
      const input = { ...draft(), stock: 3, idempotencyKey: randomUUID() };
      const first = await sendCreate(input);
      const { product } = dataOf(first).createProduct;
      await update({ id: product?.id, name: 'Another name' });
      const repeat = await sendCreate(input);
      expect(repeat.body).toEqual(first.body);
      expect([first, repeat].map((answer) => answer.headers.get('idempotent-replayed'))).toEqual([
        null,
        'true',
      ]);
    });

    it('repeats a result that the previous version stored, as a member of the union', async () => {
      const input = { ...draft(), idempotencyKey: randomUUID() };
      const { product } = await create(input);
      const stored = { __typename: 'SkuTaken', code: 'sku_taken', message: 'Another product has the SKU.' };
      await service.dataSource.query('UPDATE idempotency_keys SET answer = $2 WHERE key = $1', [
        input.idempotencyKey,
        stored,
      ]);
      const { __typename, code } = stored;
      expect(await create(input)).toEqual({ __typename, code });
      expect(await readProduct(service, product?.id ?? '')).toEqual(product);
    });

    it('rejects another request with the same key', async () => {
      const idempotencyKey = randomUUID();
      await create({ ...draft(), idempotencyKey });
      expect(await create({ ...draft(), idempotencyKey })).toMatchObject({
        __typename: 'IdempotencyConflict',
        code: 'idempotency_conflict',
      });
    });

    it('accepts the same key from different users', async () => {
      const idempotencyKey = randomUUID();
      const outcomes = [];
      for (const userId of [randomUUID(), randomUUID()]) {
        const answer = await sendCreate({ ...draft(), idempotencyKey }, userId);
        outcomes.push(dataOf(answer).createProduct.__typename);
      }
      expect(outcomes).toEqual(['ProductPayload', 'ProductPayload']);
    });
  });

  describe('updateProduct', () => {
    it('updates only the given fields', async () => {
      const before = await addProduct(service, { description: 'old', stock: 4 });
      const { product } = await update({ id: before.id, name: ' New name ', priceCents: 0 });
      expect(product).toEqual({
        ...before,
        name: 'New name',
        price: { amountCents: 0, currency: 'EUR' },
        updatedAt: product?.updatedAt,
      });
    });

    it('increases updatedAt with every change, however fast they follow', async () => {
      const { id, updatedAt } = await addProduct(service);
      const instants = [updatedAt];
      for (let index = 0; index < 5; index += 1) {
        const { product } = await update({ id, name: `Name ${index}` });
        instants.push(product?.updatedAt ?? '');
      }
      expect(instants).toEqual([...new Set(instants)].sort());
    });

    it('without changes leaves the product unchanged', async () => {
      const before = await addProduct(service);
      expect((await update({ id: before.id, name: null })).product).toEqual(before);
    });

    it('with an expected version succeeds once, then returns a conflict with the current product', async () => {
      const { id, updatedAt } = await addProduct(service);
      const first = await update({ id, name: 'First', expectedUpdatedAt: updatedAt });
      expect(first.product?.name).toBe('First');
      const second = await update({ id, name: 'Second', expectedUpdatedAt: updatedAt });
      expect(second).toMatchObject({
        __typename: 'EditConflict',
        code: 'edit_conflict',
        current: first.product,
      });
      expect(await readProduct(service, id)).toEqual(first.product);
    });

    it('with an expected version succeeds after the stock was reserved, released and adjusted', async () => {
      const before = await addProduct(service, { stock: 5 });
      const orders = reservationsOf(service);
      const orderId = randomUUID();
      await orders.reserve(orderId, [{ productId: before.id, quantity: 2 }]);
      await orders.release(orderId);
      const stock = { productId: before.id, delta: 3, reason: 'Delivery' };
      await service.send(adjustStockMutation, { input: stock }, { as: 'admin' });
      expect(await readProduct(service, before.id)).toEqual({ ...before, stock: 8 });

      const { product } = await update({ id: before.id, name: 'New', expectedUpdatedAt: before.updatedAt });
      expect(product).toMatchObject({ name: 'New', stock: 8 });
    });

    it('with one expected version succeeds for one of ten concurrent updates', async () => {
      const { id, updatedAt } = await addProduct(service);
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          update({ id, name: `Name ${index}`, expectedUpdatedAt: updatedAt }),
        ),
      );
      const won = outcomes.filter((outcome) => outcome.__typename === 'ProductPayload');
      expect(won).toHaveLength(1);
      expect(await readProduct(service, id)).toEqual(won[0]?.product);
    });

    it('rejects a SKU that another product has', async () => {
      const [one, other] = [await addProduct(service), await addProduct(service)];
      expect(await update({ id: one.id, sku: other.sku })).toMatchObject({
        __typename: 'SkuTaken',
        code: 'sku_taken',
      });
    });

    it.each([randomUUID(), 'no-uuid', '', '\0'])('returns ProductNotFound for the ID %j', async (id) => {
      expect(await update({ id, name: 'x' })).toMatchObject({
        __typename: 'ProductNotFound',
        code: 'product_not_found',
      });
    });

    it('returns every invalid field', async () => {
      const { id } = await addProduct(service);
      const outcome = await update({ id, sku: 'no spaces', name: ' ', priceCents: -1, currency: 'XYZ' });
      expect(outcome.fields?.map((field) => field.path).sort()).toEqual([
        'currency',
        'name',
        'priceCents',
        'sku',
      ]);
    });
  });
});

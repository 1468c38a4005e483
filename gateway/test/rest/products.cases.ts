import { randomUUID } from 'node:crypto';
import type { HttpResponse } from '@shop/testkit/http';
import { type Product, type Shop, unknownId } from './shop';

interface ProductPage {
  data: Product[];
  page: { next_cursor: string | null; has_next_page: boolean };
}

export function productCases(shop: () => Shop): void {
  const call = <Body = Record<string, unknown>>(...request: Parameters<Shop['api']['call']>) =>
    shop().api.call<Body>(...request);
  const asAdmin = <Body = Record<string, unknown>>(id: string, request: object) =>
    call<Body>(id, { token: shop().adminToken, ...request });

  describe('GET /v1/products', () => {
    it('is read page by page, following next_cursor or the Link header', async () => {
      const word = `word${randomUUID().slice(0, 8)}`;
      for (const price_cents of [300, 100, 200]) await shop().newProduct({ name: word, price_cents });
      const first = await call<ProductPage>('listProducts', {
        query: `limit=2&sort=price_asc&search=${word}`,
      });
      expect(first.body.page.has_next_page).toBe(true);
      const link = /^<\/v1\/products\?(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1];
      const second = await call<ProductPage>('listProducts', { query: String(link) });
      const prices = [...first.body.data, ...second.body.data].map(
        (product) => product as { price_cents?: number },
      );
      expect(prices.map(({ price_cents }) => price_cents)).toEqual([100, 200, 300]);
      expect(second.body.page).toEqual({ next_cursor: null, has_next_page: false });
      expect(second.headers.get('link')).toBeNull();
    });

    it('has a next link with the same filters, also if the query string contains a question mark', async () => {
      const word = `word${randomUUID().slice(0, 8)}`;
      for (const price_cents of [300, 100, 200]) await shop().newProduct({ name: word, price_cents });
      const query = `search=${word}?&limit=1&sort=PRICE_ASC`;
      const prices: number[] = [];
      for (let next: string | undefined = query; next !== undefined && prices.length < 5;) {
        const { body, headers }: HttpResponse<ProductPage> = await call<ProductPage>('listProducts', {
          query: next,
        });
        prices.push(...body.data.map((product) => (product as { price_cents?: number }).price_cents ?? 0));
        next = /^<\/v1\/products\?(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
      }
      expect(prices).toEqual([100, 200, 300]);
    });

    it('has an ETag; with it the response is 304 until a product of the page changes', async () => {
      const word = `word${randomUUID().slice(0, 8)}`;
      const { id } = await shop().newProduct({ name: word });
      const { headers } = await call('listProducts', { query: `search=${word}` });
      const known = {
        query: `search=${word}`,
        headers: { 'if-none-match': String(headers.get('etag')) },
      };
      expect((await call('listProducts', known)).status).toBe(304);
      await asAdmin('adjustStock', { id, body: { delta: 1, reason: 'delivery' } });
      expect((await call('listProducts', known)).status).toBe(200);
    });

    it('filters by stock, price and currency', async () => {
      const name = `word${randomUUID().slice(0, 8)}`;
      const wanted = await shop().newProduct({ name, price_cents: 500, currency: 'USD', stock: 1 });
      await shop().newProduct({ name, price_cents: 500, currency: 'EUR', stock: 1 });
      await shop().newProduct({ name, price_cents: 500, currency: 'USD', stock: 0 });
      await shop().newProduct({ name, price_cents: 900, currency: 'USD', stock: 1 });
      const filter = 'in_stock=true&min_price_cents=500&max_price_cents=500&currency=USD';
      const { body } = await call<ProductPage>('listProducts', { query: `search=${name}&${filter}` });
      expect(body.data.map(({ id }) => id)).toEqual([wanted.id]);
    });

    it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=broken', 'sort=best', 'in_stock=1', 'page=2'])(
      'refuses ?%s naming what is wrong',
      async (query) => {
        const { status, body } = await call('listProducts', { query });
        expect([status, body['code']]).toEqual([400, 'bad_request']);
        expect(body['detail']).toContain(String(query.split('=')[0]));
      },
    );
  });

  describe('GET /v1/products/:id', () => {
    it('has an ETag; with it the response is 304 until the product changes', async () => {
      const { id } = await shop().newProduct();
      const { headers, status } = await call('getProduct', { id });
      const etag = String(headers.get('etag'));
      expect(status).toBe(200);
      const known = { id, headers: { 'if-none-match': etag } };
      expect((await call('getProduct', known)).status).toBe(304);
      await asAdmin('adjustStock', { id, body: { delta: 1, reason: 'delivery' } });
      expect((await call('getProduct', known)).status).toBe(200);
    });

    it.each([unknownId, 'no-uuid', 'x'.repeat(101), 'x'.repeat(10_000)])(
      'finds no product %.50s',
      async (id) => {
        const { status, body } = await call('getProduct', { id });
        expect([status, body['code']]).toEqual([404, 'product_not_found']);
      },
    );
  });

  describe('POST /v1/products', () => {
    const newProduct = () => ({
      sku: `SKU-${randomUUID()}`,
      name: 'Lamp',
      price_cents: 1_250,
      currency: 'EUR',
    });

    it('adds a product and returns its Location', async () => {
      const { status, headers, body } = await asAdmin<Product>('createProduct', { body: newProduct() });
      expect([status, headers.get('location')]).toEqual([201, `/v1/products/${body.id}`]);
      expect((await call('getProduct', { id: body.id })).body).toEqual(body);
    });

    it('replays the first response for the same idempotency key and request', async () => {
      const headers = { 'idempotency-key': `"${randomUUID()}"` };
      const body = newProduct();
      const first = await asAdmin<Product>('createProduct', { body, headers });
      const second = await asAdmin<Product>('createProduct', { body, headers });
      expect(second.body.id).toBe(first.body.id);
      expect([first, second].map((answer) => answer.headers.get('idempotent-replayed'))).toEqual([
        null,
        'true',
      ]);
      const other = await asAdmin('createProduct', { body: { ...body, name: 'Other' }, headers });
      expect([other.status, other.body['code']]).toEqual([422, 'idempotency_conflict']);
    });

    it('rejects a SKU that is taken', async () => {
      const { sku } = await shop().newProduct();
      const { status, body } = await asAdmin('createProduct', { body: { ...newProduct(), sku } });
      expect([status, body['code']]).toEqual([409, 'sku_taken']);
    });

    it.each([
      ['price_cents', -1],
      ['price_cents', 1.5],
      ['price_cents', '1'],
      ['currency', 'eur'],
      ['currency', 'ZZZ'],
      ['stock', 2 ** 31],
      ['name', ''],
      ['id', unknownId],
    ])('rejects %s %j with the path of the member', async (member, value) => {
      const { status, body } = await asAdmin('createProduct', { body: { ...newProduct(), [member]: value } });
      expect([status, body['code']]).toEqual([422, 'invalid_input']);
      expect(body['errors']).toEqual([expect.objectContaining({ path: member })]);
    });
  });

  describe('PATCH /v1/products/:id', () => {
    it('changes only what is given', async () => {
      const product = await shop().newProduct();
      const { status, body } = await asAdmin('updateProduct', {
        id: product.id,
        body: { price_cents: 7, description: null },
      });
      const { updated_at } = body as unknown as Product;
      expect([status, body]).toEqual([200, { ...product, price_cents: 7, description: '', updated_at }]);
    });

    it('with If-Match changes only the version that it names', async () => {
      const { id } = await shop().newProduct();
      const { headers } = await call('getProduct', { id });
      const ifMatch = { 'if-match': String(headers.get('etag')) };
      const first = await asAdmin('updateProduct', { id, body: { name: 'First' }, headers: ifMatch });
      expect(first.status).toBe(200);
      const second = await asAdmin('updateProduct', { id, body: { name: 'Second' }, headers: ifMatch });
      expect([second.status, second.body['code']]).toEqual([412, 'edit_conflict']);
      const third = await asAdmin('updateProduct', {
        id,
        body: { name: 'Third' },
        headers: { 'if-match': String(first.headers.get('etag')) },
      });
      expect(third.status).toBe(200);
      const unconditional = { id, body: { name: 'Fourth' }, headers: { 'if-match': '*' } };
      expect((await asAdmin('updateProduct', unconditional)).status).toBe(200);
    });

    it('with the If-Match from before a purchase changes the product, while If-None-Match detects the new stock', async () => {
      const { access_token: token } = await shop().newCustomer();
      const { id } = await shop().newProduct({ stock: 5 });
      const etag = String((await call('getProduct', { id })).headers.get('etag'));
      const items = [{ product_id: id, quantity: 2 }];
      expect((await call('createOrder', { token, body: { items } })).status).toBe(201);

      const known = await call('getProduct', { id, headers: { 'if-none-match': etag } });
      expect([known.status, known.body['stock']]).toEqual([200, 3]);
      const edit = { id, body: { name: 'New' }, headers: { 'if-match': etag } };
      const edited = await asAdmin('updateProduct', edit);
      expect([edited.status, edited.body['name'], edited.body['stock']]).toEqual([200, 'New', 3]);
      expect((await asAdmin('updateProduct', edit)).status).toBe(412);
    });

    it.each(['"5"', '"12345"', '"2026-11-01"'])(
      'with the If-Match %s, which names no version, is 412 and changes nothing',
      async (ifMatch) => {
        const { id } = await shop().newProduct();
        const edit = { id, body: { name: 'Changed' }, headers: { 'if-match': ifMatch } };
        const { status, body } = await asAdmin('updateProduct', edit);
        expect([status, body['code']]).toEqual([412, 'edit_conflict']);
        expect((await call('getProduct', { id })).body['name']).not.toBe('Changed');
      },
    );

    it('with several tags in If-Match changes the product when one of them is its version', async () => {
      const { id } = await shop().newProduct();
      const { headers } = await call('getProduct', { id });
      const stale = `"a", ${String(headers.get('etag'))}`;
      const change = (name: string, ifMatch: string) =>
        asAdmin('updateProduct', { id, body: { name }, headers: { 'if-match': ifMatch } });
      const first = await change('First', stale);
      expect(first.status).toBe(200);
      expect((await change('Second', stale)).status).toBe(412);
      expect((await change('Second', '"2020-01-01T00:00:00.000Z", "b"')).status).toBe(412);
      expect((await change('Third', `${stale}, ${String(first.headers.get('etag'))}`)).status).toBe(200);
      const headersOfList = { 'if-match': stale };
      const unknown = { id: unknownId, body: { name: 'x' }, headers: headersOfList };
      expect((await asAdmin('updateProduct', unknown)).status).toBe(404);
    });

    it('rejects a SKU of another product, an unknown product and members that cannot change', async () => {
      const [{ id }, { sku }] = await Promise.all([shop().newProduct(), shop().newProduct()]);
      const taken = await asAdmin('updateProduct', { id, body: { sku } });
      expect([taken.status, taken.body['code']]).toEqual([409, 'sku_taken']);
      const unknown = await asAdmin('updateProduct', { id: unknownId, body: { name: 'x' } });
      expect([unknown.status, unknown.body['code']]).toEqual([404, 'product_not_found']);
      const { status, body } = await asAdmin('updateProduct', { id, body: { stock: 5 } });
      expect([status, body['errors']]).toEqual([422, [expect.objectContaining({ path: 'stock' })]]);
    });
  });

  describe('POST /v1/products/:id/stock', () => {
    it('changes the stock once per idempotency key', async () => {
      const { id, stock } = await shop().newProduct();
      const request = {
        id,
        body: { delta: -3, reason: 'broken' },
        headers: { 'idempotency-key': randomUUID() },
      };
      await asAdmin('adjustStock', request);
      const { status, headers } = await asAdmin('adjustStock', request);
      expect([status, headers.get('idempotent-replayed')]).toEqual([200, 'true']);
      expect((await call<Product>('getProduct', { id })).body.stock).toBe(stock - 3);
    });

    it('does not take more than there is', async () => {
      const { id } = await shop().newProduct({ stock: 2 });
      const { status, body } = await asAdmin('adjustStock', { id, body: { delta: -3, reason: 'broken' } });
      expect([status, body['code']]).toEqual([409, 'stock_below_zero']);
    });

    it('rejects an unknown product and a delta of 0', async () => {
      const unknown = await asAdmin('adjustStock', { id: 'no-uuid', body: { delta: 1, reason: 'x' } });
      expect([unknown.status, unknown.body['code']]).toEqual([404, 'product_not_found']);
      const { id } = await shop().newProduct();
      expect((await asAdmin('adjustStock', { id, body: { delta: 0, reason: 'x' } })).status).toBe(422);
    });
  });
}

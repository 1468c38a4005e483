import { seedProducts } from '../src/seed/catalogue';
import { seedCatalogue } from '../src/seed/catalogue';
import { type ProductService, startProductService } from './support/product-service';

describe('the seed', () => {
  let service: ProductService;

  beforeAll(async () => {
    service = await startProductService();
  });
  afterAll(() => service.stop());

  const rows = () =>
    service.dataSource.query<{ sku: string; name: string; stock: number }[]>(
      'SELECT sku, name, stock, id, price_cents, currency, created_at, updated_at FROM products ORDER BY id DESC',
    );
  const ledger = () => service.dataSource.query<object[]>('SELECT id FROM stock_ledger ORDER BY id');

  it('fills the catalogue and the ledger; a repeat changes nothing, a larger count only adds', async () => {
    expect(await seedCatalogue(service.dataSource, 60)).toBe(60);
    const [before, bookedBefore] = [await rows(), await ledger()];
    expect(before).toHaveLength(60);
    expect(await service.stockMismatches()).toEqual([]);

    expect(await seedCatalogue(service.dataSource, 60)).toBe(0);
    expect(await seedCatalogue(service.dataSource, 10)).toBe(0);
    expect([await rows(), await ledger()]).toEqual([before, bookedBefore]);

    expect(await seedCatalogue(service.dataSource, 80)).toBe(20);
    expect((await rows()).slice(0, 60)).toEqual(before);
    expect(await service.stockMismatches()).toEqual([]);
  });

  it('keeps products that were changed since, their SKU included', async () => {
    await seedCatalogue(service.dataSource, 60);
    await service.dataSource.query(`UPDATE products SET sku = 'RENAMED', name = 'Changed' WHERE id = (
      SELECT id FROM products ORDER BY id DESC LIMIT 1)`);
    expect(await seedCatalogue(service.dataSource, 60)).toBe(0);
    expect((await rows())[0]).toMatchObject({ sku: 'RENAMED', name: 'Changed' });
  });

  it('is the same on every machine, newest first, the newest in stock and in one currency', async () => {
    const [products, again] = [await seedProducts(200), await seedProducts(200)];
    expect(again).toEqual(products);
    expect(new Set(products.map((product) => product.sku)).size).toBe(200);
    const ids = products.map((product) => product.id);
    expect(ids).toEqual([...ids].sort().reverse());
    const shown = products.slice(0, 50);
    expect(new Set(shown.map((product) => product.currency))).toEqual(new Set(['EUR']));
    expect(Math.min(...shown.map((product) => product.stock))).toBeGreaterThanOrEqual(200);
  });
});

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `updated_at` is the version that conditional updates compare. It grows with the columns that an editor changes and no longer
 * with the stock: else each purchase would refuse whoever edits the product meanwhile. A new column that editors change
 * belongs in this list.
 */
export class VersionCatalogueColumns1795430000000 implements MigrationInterface {
  readonly name = 'VersionCatalogueColumns1795430000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER products_touch ON products;
      CREATE TRIGGER products_touch BEFORE UPDATE ON products FOR EACH ROW
        WHEN ((OLD.sku, OLD.name, OLD.description, OLD.price_cents, OLD.currency)
              IS DISTINCT FROM (NEW.sku, NEW.name, NEW.description, NEW.price_cents, NEW.currency))
        EXECUTE FUNCTION touch_product()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER products_touch ON products;
      CREATE TRIGGER products_touch BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION touch_product()`);
  }
}

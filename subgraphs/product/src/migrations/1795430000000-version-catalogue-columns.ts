import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `updated_at` is the version that conditional updates compare. It changes with the editable columns
 * and no longer with the stock, because each purchase would conflict with concurrent edits. Add new
 * editable columns to this list.
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

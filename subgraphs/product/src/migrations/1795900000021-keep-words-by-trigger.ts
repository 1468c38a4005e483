import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * PostgreSQL computes every generated column again at each UPDATE of a table with a BEFORE UPDATE trigger, so each purchase
 * computed the words of the product's description. Now triggers that stock changes do not fire keep words and version.
 */
export class KeepWordsByTrigger1795900000021 implements MigrationInterface {
  readonly name = 'KeepWordsByTrigger1795900000021';

  async up(runner: QueryRunner): Promise<void> {
    // Writers queue behind this lock, and their statements may take 2 s.
    await runner.query(`SET LOCAL lock_timeout = '1500ms'`);
    await runner.query(`
      ALTER TABLE products ALTER COLUMN search DROP EXPRESSION;
      CREATE FUNCTION keep_product_words() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.search := to_tsvector('simple', search_words(NEW.name || ' ' || NEW.sku || ' ' || NEW.description));
        RETURN NEW;
      END $$;
      CREATE TRIGGER products_words BEFORE INSERT OR UPDATE OF sku, name, description ON products
        FOR EACH ROW EXECUTE FUNCTION keep_product_words();
      DROP TRIGGER products_touch ON products;
      CREATE TRIGGER products_touch BEFORE UPDATE OF sku, name, description, price_cents, currency ON products
        FOR EACH ROW WHEN (${changedColumns}) EXECUTE FUNCTION touch_product()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER products_touch ON products;
      CREATE TRIGGER products_touch BEFORE UPDATE ON products
        FOR EACH ROW WHEN (${changedColumns}) EXECUTE FUNCTION touch_product();
      DROP TRIGGER products_words ON products;
      DROP FUNCTION keep_product_words;
      ALTER TABLE products DROP COLUMN search;
      ALTER TABLE products ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS
        (to_tsvector('simple', search_words(name || ' ' || sku || ' ' || description))) STORED;
      CREATE INDEX products_by_word ON products USING gin (search) WITH (fastupdate = off)`);
  }
}

const changedColumns = `(OLD.sku, OLD.name, OLD.description, OLD.price_cents, OLD.currency)
  IS DISTINCT FROM (NEW.sku, NEW.name, NEW.description, NEW.price_cents, NEW.currency)`;

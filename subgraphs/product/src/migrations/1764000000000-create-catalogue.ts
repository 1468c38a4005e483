import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Products with the indexes of every sort and of the search. */
export class CreateCatalogue1764000000000 implements MigrationInterface {
  readonly name = 'CreateCatalogue1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createSearchFunctions(runner);
    await createProducts(runner);
    await createVersioning(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE products;
      DROP FUNCTION touch_product();
      DROP FUNCTION search_query(text);
      DROP FUNCTION search_words(text)`);
  }
}

/**
 * What is stored and what is searched for are cut into words by the same function. It names its collation, so that the
 * result is the same whatever the database's locale; 'simple' because the catalogue's language is not known.
 */
async function createSearchFunctions(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION search_words(value text) RETURNS text
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      RETURN btrim(regexp_replace(
        lower(normalize(value, NFKC) COLLATE pg_unicode_fast), '[^[:alnum:]]+', ' ', 'g'));

    -- Every word must occur, as the beginning of a word at least; no word at all matches nothing.
    CREATE FUNCTION search_query(value text) RETURNS tsquery
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      RETURN CASE search_words(value)
        WHEN '' THEN ''::tsquery
        ELSE to_tsquery('simple', replace(search_words(value), ' ', ':* & ') || ':*')
      END`);
}

async function createProducts(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE products (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      sku text NOT NULL CONSTRAINT products_sku_key UNIQUE
        CHECK (char_length(sku) BETWEEN 1 AND 64),
      -- ICU's root collation: letters in the order that people expect, in any language.
      name text COLLATE "unicode" NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
      description text NOT NULL DEFAULT '' CHECK (char_length(description) <= 5000),
      price_cents bigint NOT NULL CHECK (price_cents BETWEEN 0 AND 10000000000),
      currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      stock int NOT NULL CONSTRAINT products_stock_not_negative CHECK (stock >= 0),
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now(),
      search tsvector NOT NULL GENERATED ALWAYS AS
        (to_tsvector('simple', search_words(name || ' ' || sku || ' ' || description))) STORED
    -- Room on each page for the versions that stock changes make: then they touch no index (HOT).
    ) WITH (fillfactor = 80)`);
  // NEWEST is the primary key backward; PRICE_DESC is products_by_price backward. Texts change seldom, so the words go
  // into their index at once, not into a pending list that every search would have to read.
  await runner.query(`
    CREATE INDEX products_by_name ON products (name, id);
    CREATE INDEX products_by_price ON products (price_cents, id);
    CREATE INDEX products_by_word ON products USING gin (search) WITH (fastupdate = off)`);
}

/**
 * `updated_at` is the version that ETags and conditional updates stand on: it must grow with every change, also with
 * two in one millisecond and whoever makes them, stock included.
 */
async function createVersioning(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION touch_product() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.updated_at := greatest(now(), OLD.updated_at + interval '1 millisecond');
      RETURN NEW;
    END $$;
    CREATE TRIGGER products_touch BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION touch_product()`);
}

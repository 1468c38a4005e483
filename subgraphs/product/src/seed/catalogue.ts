import { inTransaction } from '@shop/kit/database';
import type { Faker } from '@faker-js/faker';
import type { DataSource } from 'typeorm';
import { type SeedProduct, SeedRepository } from './seed.repository';

const seed = 20_261_101;
const newest = Date.UTC(2026, 9, 30, 18);
const minuteMs = 60_000;
/** The newest products are shown first: they have a large stock, in one currency. */
const showcaseSize = 50;
const batchSize = 500;

/**
 * Inserts the first `count` products of the seed. A repeat changes nothing.
 *
 * @returns the number of inserted products
 */
export async function seedCatalogue(dataSource: DataSource, count: number): Promise<number> {
  if (count === 0) return 0;
  const repository = new SeedRepository();
  const products = await seedProducts(count);
  let added = 0;
  for (let start = 0; start < products.length; start += batchSize) {
    const batch = products.slice(start, start + batchSize);
    added += await inTransaction(dataSource, (transaction) => repository.insertMissing(transaction, batch));
  }
  return added;
}

/**
 * The first `count` products of a fixed catalogue, newest first. It is the same on every machine; a
 * larger count only appends products.
 */
export async function seedProducts(count: number): Promise<SeedProduct[]> {
  // Loaded here only: the service does not need it.
  const { faker } = await import('@faker-js/faker/locale/en');
  faker.seed(seed);
  const products: SeedProduct[] = [];
  let createdAt = newest;
  for (let index = 0; index < count; index += 1) {
    products.push(productAt(faker, index, new Date(createdAt)));
    createdAt -= faker.number.int({ min: 5, max: 60 }) * minuteMs;
  }
  return products;
}

function productAt(faker: Faker, index: number, createdAt: Date): SeedProduct {
  const isShowcase = index < showcaseSize;
  const { commerce } = faker;
  const kind = commerce.product();
  const name = `${commerce.productAdjective()} ${commerce.productMaterial()} ${kind}`;
  return {
    id: uuidv7At(createdAt, faker.string.hexadecimal({ length: 19, prefix: '', casing: 'lower' })),
    sku: `${kind.slice(0, 3).toUpperCase()}-${String(index + 1).padStart(5, '0')}`,
    name,
    description: describe(faker, kind),
    // 4.99 to 499.99.
    priceCents: faker.number.int({ min: 5, max: 500 }) * 100 - 1,
    currency: isShowcase ? 'EUR' : faker.helpers.weightedArrayElement(currencyWeights),
    stock: isShowcase ? faker.number.int({ min: 200, max: 2_000 }) : stockOf(faker),
    createdAt,
  };
}

function describe(faker: Faker, kind: string): string {
  const colour = faker.color.human();
  const maker = faker.company.name();
  return faker.helpers.arrayElement([
    `${kind} in ${colour}, designed and made by ${maker}.`,
    `By ${maker}: a ${colour} ${kind.toLowerCase()} for every day, with a guarantee of two years.`,
    `The ${kind.toLowerCase()} that ${maker} is known for, now in ${colour}.`,
  ]);
}

const currencyWeights = [
  { value: 'EUR', weight: 90 },
  { value: 'USD', weight: 7 },
  { value: 'GBP', weight: 3 },
];

/** One product in twenty is sold out. */
function stockOf(faker: Faker): number {
  return faker.number.int({ min: 1, max: 20 }) === 1 ? 0 : faker.number.int({ min: 1, max: 500 });
}

/** RFC 9562, 5.7: the time in milliseconds, then random bits: 19 hexadecimal digits,
 * of which two bits are replaced by the variant. */
function uuidv7At(time: Date, random: string): string {
  const clock = time.getTime().toString(16).padStart(12, '0');
  const variant = ((parseInt(random.slice(3, 4), 16) & 0b0011) | 0b1000).toString(16);
  const digits = `${clock}7${random.slice(0, 3)}${variant}${random.slice(4)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

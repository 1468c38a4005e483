import { expectInvariants } from '../invariants';
import { type CorpusShop, openCorpusShop } from './corpus-shop';
import { graphqlPlaces } from './graphql-places';
import { naughtyStrings } from './naughty-strings';
import { failuresIn, type Given, summary, type Trial, tryPlace } from './place';
import { restPlaces } from './rest-places';

const perPlaceMs = 120_000;
const openTimeoutMs = 180_000;

let corpus: CorpusShop;
let given: Given;
const trials: Trial[] = [];
const beganAt = performance.now();

beforeAll(async () => {
  corpus = await openCorpusShop();
}, openTimeoutMs);
afterAll(async () => {
  const seconds = Math.round((performance.now() - beganAt) / 1_000);
  process.stdout.write(`naughty strings: ${naughtyStrings.length}, ${summary(trials)}, ${seconds} s\n`);
  await corpus?.close();
});

describe.each([
  ['REST', restPlaces],
  ['GraphQL', graphqlPlaces],
] as const)('through %s', (_door, places) => {
  beforeAll(async () => {
    given = await corpus.newGiven();
  });

  test.each(places)(
    '$name accepts or rejects any text with a documented status',
    async (place) => {
      const tried = await tryPlace(corpus.client, place, given);
      trials.push(...tried);

      expect(tried.length).toBeGreaterThan(0);
      expect(failuresIn(tried)).toEqual([]);
    },
    perPlaceMs,
  );
});

test('reconciliation finds no breach afterwards', async () => {
  await expectInvariants(corpus.shop.databaseUrls);
});

import { expectInvariants } from '../invariants';
import { type RawShop, openRawShop } from './raw-shop';
import { graphqlTextInputs } from './graphql-text-inputs';
import { naughtyStrings } from './naughty-strings';
import { failuresIn, type TestData, summary, type Result, sendTexts } from './text-input';
import { restTextInputs } from './rest-text-inputs';

const perPlaceMs = 120_000;
const openTimeoutMs = 180_000;

let rawShop: RawShop;
let data: TestData;
const results: Result[] = [];
const beganAt = performance.now();

beforeAll(async () => {
  rawShop = await openRawShop();
}, openTimeoutMs);
afterAll(async () => {
  const seconds = Math.round((performance.now() - beganAt) / 1_000);
  process.stdout.write(`naughty strings: ${naughtyStrings.length}, ${summary(results)}, ${seconds} s\n`);
  await rawShop?.close();
});

describe.each([
  ['REST', restTextInputs],
  ['GraphQL', graphqlTextInputs],
] as const)('through %s', (_api, textInputs) => {
  beforeAll(async () => {
    data = await rawShop.newTestData();
  });

  test.each(textInputs)(
    '$name accepts or rejects any text with a documented status',
    async (input) => {
      const sent = await sendTexts(rawShop.client, input, data);
      results.push(...sent);

      expect(sent.length).toBeGreaterThan(0);
      expect(failuresIn(sent)).toEqual([]);
    },
    perPlaceMs,
  );
});

test('reconciliation finds no breach afterwards', async () => {
  await expectInvariants(rawShop.shop.databaseUrls);
});

import { expectInvariants } from '../../invariants';
import { openShop, type Shop } from '../shop';
import { testPurchases } from './purchase-cases';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

testPurchases(() => shop);

test('reconciliation finds no breach afterwards', () => expectInvariants(shop.databaseUrls));

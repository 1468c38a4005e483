import { authCases, throttleCases } from './auth.cases';
import { brokenShopCases, everyRouteCases } from './every-route.cases';
import { meCases } from './me.cases';
import { authenticationCases, orderCases } from './orders.cases';
import { productCases } from './products.cases';
import { openShop, type Shop } from './shop';
import { webhookCases } from './webhooks.cases';

// One file, because the last test asks what all the others have seen.
describe('The REST facade', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop?.stack.stop());

  authCases(() => shop);
  meCases(() => shop);
  productCases(() => shop);
  orderCases(() => shop);
  authenticationCases(() => shop);
  webhookCases(() => shop);
  everyRouteCases(() => shop);
  throttleCases(() => shop);
  brokenShopCases(() => shop);

  it('has produced every response that its OpenAPI document promises', () => {
    expect(shop.api.unseen()).toEqual([]);
  });
});

import { describeWithChromium, openOfflinePage, type OfflinePage } from '@shop/testkit/chromium';
import { eventually } from '@shop/testkit/eventually';
import { startTestStack, type TestStack } from '@shop/testkit/stack';

/** Folder of the screenshots. */
const pictures = 'artifacts/explorer';

describeWithChromium('the explorer in a browser without internet access', () => {
  let shop: TestStack;
  let browser: OfflinePage;
  const requested = new Set<string>();
  const violations: string[] = [];
  /** Responses to operations, without the introspection queries of the tabs. */
  const responses: string[] = [];

  beforeAll(async () => {
    // A browser and the stack overload a small machine.
    const env = { SUBGRAPH_QUERY_TIMEOUT_MS: '60000', SUBGRAPH_TIMEOUT_MS: '60000' };
    shop = await startTestStack({ seedProducts: 5, env });
    browser = await openOfflinePage();
    const { page } = browser;
    page.on('request', (request) => requested.add(request.url()));
    await page.route('**/graphql', async (route) => {
      const text = route.request().postData();
      if (!text || text.includes('__schema')) return route.continue();
      const response = await route.fetch();
      responses.push(await response.text());
      return route.fulfill({ response });
    });
    await page.exposeFunction('reportViolation', (text: string) => violations.push(text));
    await page.addInitScript({
      content: `document.addEventListener('securitypolicyviolation', (event) =>
        reportViolation([event.effectiveDirective, event.blockedURI].join(' ')));`,
    });
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.stop();
  });

  const open = (path: string) => browser.page.goto(`${shop.gatewayUrl}${path}`);

  /**
   * Sends the operation of a tab, and waits until its script has stored `variable`.
   * @returns the response
   */
  async function send(tab: string, variable?: string): Promise<string> {
    const { page } = browser;
    await page.getByText(tab, { exact: true }).click();
    const before = responses.length;
    await page.getByText('Send Request').click();
    await eventually(() => expect(responses.length).toBeGreaterThan(before), { timeoutMs: 60_000 });
    if (variable) await page.getByText(`Updated active environment variables: ${variable}`).first().waitFor();
    return String(responses.at(-1));
  }

  it('completes a purchase at /graphiql: register, choose, order, pay', async () => {
    await open('/graphiql');
    expect(await send('1 Register', 'accessToken')).toContain('accessToken');
    expect(await send('2 Choose a product', 'productId')).toContain('"stock"');
    expect(await send('3 Create an order', 'orderId')).toContain('"status":"PENDING"');
    const paid = await send('4 Pay the order', 'paymentId');
    await browser.page.screenshot({ path: `${pictures}/purchase.png` });
    expect(paid).toContain('"status":"SUCCEEDED"');
    expect(paid).toContain('"status":"CONFIRMED"');
  });

  it('logs in and stores the token for the other tabs', async () => {
    expect(JSON.parse(await send('Log in', 'accessToken'))).not.toHaveProperty('errors');
  });

  it.each([
    'Home page',
    'Search',
    'Product',
    'Product by SKU',
    'My account',
    'My sessions',
    'My orders',
    'Order',
    'Payment',
    'Catalogue',
  ])('returns no errors for the seeded operation "%s"', async (tab) => {
    expect(JSON.parse(await send(tab))).not.toHaveProperty('errors');
  });

  it('shows the descriptions of the schema', async () => {
    const { page } = browser;
    await page.getByText('Docs', { exact: true }).click();
    await page.getByText('Query', { exact: true }).last().click();
    const description = page.getByText('The catalogue in pages.');
    await description.waitFor();
    expect(await description.isVisible()).toBe(true);
    await page.screenshot({ path: `${pictures}/documentation.png` });
  });

  it('loads /graphiql from no other host and within its Content-Security-Policy', () => {
    expect([...requested].filter((url) => !url.startsWith(`${shop.gatewayUrl}/`))).toEqual([]);
    // Altair detects whether eval is allowed, and works without it.
    expect(violations.filter((text) => text !== 'script-src eval')).toEqual([]);
  });

  it('links to /graphiql from /graphql if the CDN of Apollo Sandbox is unavailable', async () => {
    await open('/graphql');
    // The fallback notice fades in.
    const opacity = 'getComputedStyle(document.querySelector(".fallback")).opacity';
    await eventually(async () => expect(await browser.page.evaluate(opacity)).toBe('1'));
    await browser.page.screenshot({ path: `${pictures}/sandbox.png` });
    await browser.page.getByRole('link', { name: '/graphiql' }).click();
    await browser.page.waitForURL(`${shop.gatewayUrl}/graphiql`);
    const tab = browser.page.getByText('1 Register', { exact: true });
    await tab.waitFor();
    expect(await tab.isVisible()).toBe(true);
  });
});

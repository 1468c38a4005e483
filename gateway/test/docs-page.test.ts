import type { RunningService } from '@shop/kit/service';
import { describeWithChromium, openOfflinePage, type OfflinePage } from '@shop/testkit/chromium';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { startLocalGateway } from './local-gateway';

interface Operation {
  operationId: string;
  tags: [string];
  requestBody?: { content: Record<string, object> };
}

interface OpenapiDocument {
  paths: Record<string, Record<string, Operation>>;
  tags: { name: string }[];
  'x-problem-codes': Record<string, object>;
}

describeWithChromium('/docs in a browser', () => {
  let gateway: RunningService;
  let browser: OfflinePage;
  let openapi: OpenapiDocument;
  let operations: Operation[];
  const errors: string[] = [];
  const hosts = new Set<string>();

  beforeAll(async () => {
    gateway = await startLocalGateway();
    openapi = (await rest(gateway.url)<OpenapiDocument>('GET', '/openapi.json')).body;
    operations = Object.values(openapi.paths).flatMap((methods) => Object.values(methods));
    browser = await openOfflinePage();
    browser.page.on('pageerror', ({ message }) => errors.push(message));
    browser.page.on('console', (entry) => {
      if (entry.type() === 'error') errors.push(entry.text());
    });
    browser.page.on('request', (request) => {
      if (!request.url().startsWith('data:')) hosts.add(new URL(request.url()).host);
    });
    await browser.page.goto(`${gateway.url}/docs#payment_declined`, { waitUntil: 'networkidle' });
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const element = (id: string) => browser.page.locator(`[id="rest/${id}"]`);
  const open = (hash: string) => browser.page.evaluate(`window.location.hash = ${JSON.stringify(hash)}`);

  it('renders without an exception and without a violation of its Content-Security-Policy', async () => {
    await element('error_codes').first().waitFor();
    expect(errors).toEqual([]);
  });

  it('sends requests to the gateway only', () => {
    expect([...hosts]).toEqual([new URL(gateway.url).host]);
  });

  it('shows every error code, and scrolls to the one that the type of a problem links to', async () => {
    await expectInView('payment_declined');
    for (const code of Object.keys(openapi['x-problem-codes']))
      expect([code, await element(code).count()]).not.toEqual([code, 0]);
    await open('upstream_unavailable');
    await expectInView('upstream_unavailable');
  });

  const expectInView = (id: string) =>
    eventually(async () => {
      const { y = -1 } = (await element(id).first().boundingBox()) ?? {};
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThan(browser.page.viewportSize()?.height ?? 0);
    });

  it('shows every route of the OpenAPI document, and a body for exactly those with a request body', async () => {
    for (const { operationId, tags, requestBody } of operations) {
      const id = `tag/${tags[0]}/${operationId}`;
      await open(id);
      await element(id)
        .getByRole('button', { name: /^Test Request/ })
        .waitFor();
      const bodies = await element(id).getByRole('group', { name: 'Request Body' }).count();
      expect([operationId, bodies > 0]).toEqual([operationId, requestBody !== undefined]);
    }
  });

  it('sends a body of any media type as bytes', async () => {
    const { page } = browser;
    const id = 'tag/payments/receiveWebhook';
    await open(id);
    await element(id)
      .getByRole('button', { name: /^Test Request/ })
      .click();
    const client = page.getByRole('dialog');
    await client.getByLabel('Value').first().click();
    await page.keyboard.type('simulator');
    await client.locator('.cm-content').last().click();
    await page.keyboard.type('not JSON');
    const [request] = await Promise.all([
      page.waitForRequest('**/v1/payments/webhooks/simulator'),
      client.getByRole('button', { name: /^Send/ }).first().click(),
    ]);
    expect([request.headers()['content-type'], request.postData()]).toEqual(['*/*', 'not JSON']);
  });
});

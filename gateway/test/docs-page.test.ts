import type { RunningService } from '@shop/kit/service';
import { describeWithChromium, openOfflinePage, type OfflinePage } from '@shop/testkit/chromium';
import { rest } from '@shop/testkit/http';
import { startLocalGateway } from './local-gateway';

interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, object> };
}

interface OpenapiDocument {
  paths: Record<string, Record<string, Operation>>;
  'x-problem-codes': Record<string, object>;
}

describeWithChromium('/docs in a browser', () => {
  let gateway: RunningService;
  let browser: OfflinePage;
  let openapi: OpenapiDocument;
  let operations: Operation[];
  const errors: Error[] = [];

  beforeAll(async () => {
    gateway = await startLocalGateway();
    openapi = (await rest(gateway.url)<OpenapiDocument>('GET', '/openapi.json')).body;
    operations = Object.values(openapi.paths).flatMap((methods) => Object.values(methods));
    browser = await openOfflinePage();
    browser.page.on('pageerror', (error) => errors.push(error));
    await browser.page.goto(`${gateway.url}/docs#payment_declined`, { waitUntil: 'networkidle' });
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const idsOf = (selector: string) =>
    browser.page.locator(selector).evaluateAll((elements) => elements.map(({ id }) => id));

  it('renders without an exception', () => {
    expect(errors).toEqual([]);
  });

  it('shows every route of the OpenAPI document', async () => {
    const shown = await idsOf('#operations details');
    expect(shown.sort()).toEqual(operations.map(({ operationId }) => operationId).sort());
  });

  it('shows a body field for exactly the routes with a request body, whatever its media type is', async () => {
    const withBody = operations.filter(({ requestBody }) => requestBody);
    const mediaTypes = withBody.flatMap(({ requestBody }) => Object.keys(requestBody?.content ?? {}));
    expect([...new Set(mediaTypes)].sort()).toEqual(['*/*', 'application/json']);
    const shown = await idsOf('#operations details:has(textarea[name=body])');
    expect(shown.sort()).toEqual(withBody.map(({ operationId }) => operationId).sort());
  });

  it('shows every problem code, and scrolls to the one that the type of a problem links to', async () => {
    expect(await idsOf('#problems tr')).toEqual(Object.keys(openapi['x-problem-codes']));
    const row = await browser.page.locator('#payment_declined').boundingBox();
    expect(row?.y).toBeGreaterThanOrEqual(0);
    expect(row?.y).toBeLessThan(browser.page.viewportSize()?.height ?? 0);
  });

  it('sends a body of any media type as bytes', async () => {
    const { page } = browser;
    const form = page.locator('#receiveWebhook form');
    await page.locator('#receiveWebhook summary').click();
    await form.locator('[name=provider]').fill('simulator');
    await form.locator('[name=body]').fill('not JSON');
    const [request] = await Promise.all([
      page.waitForRequest('**/v1/payments/webhooks/simulator'),
      form.getByRole('button').click(),
    ]);
    expect([request.headers()['content-type'], request.postData()]).toEqual([
      'application/octet-stream',
      'not JSON',
    ]);
  });
});

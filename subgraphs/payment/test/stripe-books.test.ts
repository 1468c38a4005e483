import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { cloneDatabase, programEnvironment } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { operate } from './support/operate';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';
import { type StripeServer, startStripeServer } from './support/stripe-server';

const program = join(__dirname, '../../../operations/dist/main.js');

let stripe: StripeServer;
let settings: Record<string, string>;
let service: PaymentService;
let databases: Record<string, Awaited<ReturnType<typeof cloneDatabase>>>;

beforeAll(async () => {
  stripe = await startStripeServer();
  settings = {
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: 'whsec_of_the_test',
    STRIPE_API_URL: stripe.url,
  };
  service = await startPaymentService({ PAYMENT_PROVIDER: 'stripe', ...settings });
  databases = {
    user: await cloneDatabase('user'),
    product: await cloneDatabase('product'),
    order: await cloneDatabase('order'),
  };
});
afterAll(async () => {
  await service.stop();
  for (const database of Object.values(databases)) await database.drop();
  await stripe.stop();
});
beforeEach(async () => {
  await service.sql('TRUNCATE settlements, refunds, payments, reconcile_watermark');
  stripe.intents.byId.clear();
  stripe.refunds.byId.clear();
  stripe.requests.length = 0;
});

afterEach(() => stripe.trouble());

interface Found {
  code: number | string;
  /** Of the invariant `provider-agrees`. */
  problems: string[];
  checked: number;
  output: string;
}

/** `npm run reconcile -- --provider --json …` */
function reconcile(args: string[] = ['--all'], env: Record<string, string> = settings): Promise<Found> {
  const urls = Object.entries(databases).map(([name, { url }]) => [
    `${name.toUpperCase()}_DATABASE_URL`,
    url,
  ]);
  const all = {
    ...programEnvironment(),
    ...env,
    ...Object.fromEntries(urls),
    PAYMENT_DATABASE_URL: service.databaseUrl,
  } as NodeJS.ProcessEnv;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, 'reconcile', '--provider', '--json', ...args],
      { env: all },
      (error, out, err) => {
        const { invariants } = JSON.parse(out || '{"invariants":[]}') as {
          invariants: { invariant: string; checked: number; examples: string[] }[];
        };
        const { examples = [], checked = 0 } =
          invariants.find(({ invariant }) => invariant === 'provider-agrees') ?? {};
        resolve({ code: error?.code ?? 0, problems: examples, checked, output: `${out}${err}` });
      },
    );
  });
}

async function charged(amountCents = 4_200) {
  const attempt = newAttempt({ paymentMethod: 'pm_card_visa', amountCents });
  const { paymentId, outcome } = await service.charge(attempt);
  expect(outcome).toBe('SUCCEEDED');
  const intent = [...stripe.intents.byId.values()].find(
    ({ metadata }) => metadata['order_id'] === attempt.orderId,
  )!;
  return { orderId: attempt.orderId, paymentId, intent };
}

async function refunded() {
  const one = await charged();
  await service.refund(one.orderId);
  await eventually(async () => expect(await service.statusOf(one.paymentId)).toBe('REFUNDED'));
  const refund = [...stripe.refunds.byId.values()].find(
    ({ payment_intent: intentId }) => intentId === one.intent.id,
  )!;
  return { ...one, refund };
}

/** Ages everything by some hours, so that no difference counts as in progress. */
async function age(hours = 1): Promise<void> {
  const earlier = `created_at = created_at - interval '${hours} hours', updated_at = updated_at - interval '${hours} hours'`;
  await service.sql(`UPDATE payments SET ${earlier}`);
  await service.sql(`UPDATE refunds SET ${earlier}`);
  for (const item of [...stripe.intents.byId.values(), ...stripe.refunds.byId.values()]) {
    item.created -= hours * 3_600;
    if ('latest_charge' in item && item.latest_charge) item.latest_charge.created -= hours * 3_600;
  }
}

/** A refund in Stripe's dashboard. */
function refundInDashboard(intentId: string, amount: number, ageSeconds = 0): void {
  const created = Math.floor(Date.now() / 1_000) - ageSeconds;
  const refund = { object: 'refund', payment_intent: intentId, metadata: {}, status: 'succeeded' } as const;
  stripe.refunds.byId.set('re_dashboard', { id: 're_dashboard', amount, created, ...refund });
}

const watermarks = () => service.sql('SELECT FROM reconcile_watermark');

const holds = (orderId: string, theirs: string, ours: string) => [
  `order ${orderId}: the provider has ${theirs}, our records have ${ours}`,
];

describe('reconcile --provider', () => {
  it('finds no difference if charges, declines and refunds agree, over several pages', async () => {
    await charged();
    await refunded();
    await service.charge(newAttempt({ paymentMethod: 'pm_card_chargeDeclined' }));
    const { intent } = await charged();
    for (let other = 0; other < 250; other += 1) {
      const id = `pi_of_another_shop_${other}`;
      stripe.intents.byId.set(id, { ...intent, id, metadata: {} });
    }
    await age();
    const { problems, checked } = await reconcile();
    expect({ problems, checked }).toEqual({ problems: [], checked: 4 });
    const lists = stripe.requests.filter((request) => request === 'GET /v1/payment_intents');
    expect(lists.length).toBeGreaterThan(1);
    expect(stripe.requests.filter((request) => request.includes('search'))).toEqual([]);
  });

  it('finds a charge of an order that has no payment', async () => {
    const { intent } = await charged();
    const orderId = randomUUID();
    const metadata = { order_id: orderId, provider_key: `${orderId}:1` };
    stripe.intents.byId.set('pi_unknown', { ...intent, id: 'pi_unknown', metadata });
    await age();
    expect((await reconcile()).problems).toEqual(holds(orderId, '4200 EUR (stripe)', 'nothing'));
  });

  it('--heal refunds charges of lost orders, with and without a payment', async () => {
    const { intent } = await charged();
    const orderId = randomUUID();
    const metadata = { order_id: orderId, provider_key: `${orderId}:1` };
    stripe.intents.byId.set('pi_unknown', { ...intent, id: 'pi_unknown', metadata });
    await age();
    expect((await reconcile(['--all', '--heal'])).code).toBe(1);
    const refundedIntents = () => [...stripe.refunds.byId.values()].map((refund) => refund.payment_intent);
    await eventually(() => expect(refundedIntents().sort()).toEqual([intent.id, 'pi_unknown'].sort()), {
      timeoutMs: 30_000,
    });
    expect((await reconcile(['--all', '--heal'])).problems).toEqual([]);
  });

  it('finds a charge of a payment that is FAILED', async () => {
    const { orderId } = await charged();
    await service.sql(`UPDATE payments SET status = 'FAILED', failure_code = 'card_declined'`);
    await age();
    expect((await reconcile()).problems).toEqual(holds(orderId, '4200 EUR (stripe)', 'nothing'));
  });

  it('finds an amount that differs', async () => {
    const { orderId, intent } = await charged();
    intent.amount_received = 4_100;
    await age();
    expect((await reconcile()).problems).toEqual(holds(orderId, '4100 EUR (stripe)', '4200 EUR (stripe)'));
  });

  it('finds a SUCCEEDED payment without a charge', async () => {
    const { orderId } = await charged();
    stripe.intents.byId.clear();
    await age();
    expect((await reconcile()).problems).toEqual(holds(orderId, 'nothing', '4200 EUR (stripe)'));
  });

  it('finds a payment that was manually settled as succeeded and never charged', async () => {
    const attempt = newAttempt({ paymentMethod: 'pm_card_visa' });
    stripe.trouble('fails', /\/pi_/);
    const { paymentId } = await service.charge(attempt);
    const args = ['settle', paymentId, '--as', 'succeeded', '--reason', 'paid by bank transfer'];
    expect(await operate(service.databaseUrl, ['payments', ...args, '--without-provider'])).toMatchObject({
      code: 0,
    });
    stripe.trouble();
    stripe.intents.byId.clear();
    await age();
    expect((await reconcile()).problems).toEqual(holds(attempt.orderId, 'nothing', '4200 EUR (stripe)'));
  });

  it.each(['missing', 'failed'])('finds a refund that succeeded here and is %s at Stripe', async (state) => {
    const { orderId, refund } = await refunded();
    if (state === 'missing') stripe.refunds.byId.clear();
    else refund.status = 'failed';
    await age();
    expect((await reconcile()).problems).toEqual(holds(orderId, '4200 EUR (stripe)', 'nothing'));
  });

  it('reports a recent change at Stripe as in progress, not as a difference', async () => {
    const { intent } = await charged();
    await age();
    refundInDashboard(intent.id, 1_000);
    expect((await reconcile()).problems).toEqual([]);
  });

  it('lists only what changed since the last run without a breach, and reads older charges one by one', async () => {
    expect(await reconcile([])).toMatchObject({ code: 0 });
    expect(await watermarks()).toHaveLength(1);
    const { orderId, intent } = await charged();
    await charged();
    await age(48);
    stripe.requests.length = 0;

    refundInDashboard(intent.id, 1_000, 300);
    const { problems, checked } = await reconcile([]);
    expect(problems).toEqual(holds(orderId, '3200 EUR (stripe)', '4200 EUR (stripe)'));
    expect(checked).toBe(1);
    expect(stripe.requests).toContain(`GET /v1/payment_intents/${intent.id}`);
  });

  it('retries a request that Stripe rejects with 429', async () => {
    await charged();
    await age();
    stripe.trouble('limited', /payment_intents$/);
    const run = reconcile();
    await eventually(() => expect(stripe.requests).toContain('GET /v1/payment_intents'));
    stripe.trouble();
    expect(await run).toMatchObject({ problems: [], checked: 1 });
  });

  it("reports that only the simulator's records were read if Stripe is not configured", async () => {
    const { output, checked } = await reconcile(['--all'], {});
    expect(output).toContain('Stripe is not configured for this command (STRIPE_SECRET_KEY');
    expect(output).toContain('only the records of the simulator were read');
    expect(checked).toBe(0);
    expect(await watermarks()).toEqual([]);
  });

  it('exits with 2 and prints no key if Stripe rejects the key', async () => {
    // Not one literal, which secretlint would report.
    const key = ['sk', 'test', '4eC39HqLyjWDarjtT1zdp7dc'].join('_');
    const { code, output } = await reconcile(['--all'], { ...settings, STRIPE_SECRET_KEY: key });
    expect(code).toBe(2);
    expect(output).toContain("Stripe's records could not be listed: StripeAuthenticationError, HTTP 401");
    expect(output).not.toMatch(/sk_test|p7dc|whsec/);
  });

  it('prints no API key when it finds a breach', async () => {
    await charged();
    stripe.intents.byId.clear();
    await age();
    expect((await reconcile()).output).not.toMatch(/sk_test|whsec/);
  });
});

import { randomUUID } from 'node:crypto';
import { rest } from '@shop/testkit/http';
import { type BenchShop, openBenchShop } from './bench-shop';
import { median, rounded } from './statistics';
import { registerCustomers } from './customers';
import type { BenchReport } from './report';

const samples = 200;
const accounts = 50;
const warmUps = 10;
const largestDifference = 0.1;

/** Whether the time that a failed log-in takes tells if there is such an account. */
export async function enumeration(say: (line: string) => void): Promise<BenchReport> {
  const shop = await openBenchShop({
    seedProducts: 10,
    userEnv: { LOGIN_FAILURES_PER_ADDRESS: String(4 * samples) },
  });
  try {
    const customers = await registerCustomers(shop.stack.gatewayUrl, accounts);
    const known = customers.map(({ email }) => email);
    for (let index = 0; index < warmUps; index += 1) await timedFailure(shop, newEmail());
    const ofUnknown: number[] = [];
    const ofKnown: number[] = [];
    // In turn, so that whatever the machine does meanwhile it does to both.
    for (let index = 0; index < samples; index += 1) {
      ofUnknown.push(await timedFailure(shop, newEmail()));
      ofKnown.push(await timedFailure(shop, known[index % accounts] as string));
      if ((index + 1) % accounts === 0) say(`${index + 1} of ${samples} samples`);
    }
    return reportOf(median(ofUnknown), median(ofKnown));
  } finally {
    await shop.close();
  }
}

function reportOf(unknownMs: number, knownMs: number): BenchReport {
  const difference = Math.abs(unknownMs - knownMs) / knownMs;
  return {
    title: `Failed log-ins of accounts that there are and that there are not, ${samples} of each in turn`,
    columns: ['log-in', 'median ms'],
    rows: [
      ['unknown email', rounded(unknownMs)],
      ['wrong password', rounded(knownMs)],
    ],
    promises: [
      {
        text: `the medians differ by less than 10 %: by ${rounded(difference * 100)} %`,
        isKept: difference < largestDifference,
      },
    ],
  };
}

const newEmail = () => `unknown-${randomUUID()}@example.com`;

async function timedFailure({ stack }: BenchShop, email: string): Promise<number> {
  const beganAt = performance.now();
  const { status } = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', {
    body: { email, password: 'not the one' },
  });
  if (status !== 401) throw new Error(`POST /v1/auth/login: ${status}`);
  return performance.now() - beganAt;
}

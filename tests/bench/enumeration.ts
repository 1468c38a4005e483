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

/** Checks that the duration of a failed login does not reveal whether the account exists. */
export async function enumeration(log: (line: string) => void): Promise<BenchReport> {
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
    // Alternating, so that load on the machine affects both equally.
    for (let index = 0; index < samples; index += 1) {
      ofUnknown.push(await timedFailure(shop, newEmail()));
      ofKnown.push(await timedFailure(shop, known[index % accounts] as string));
      if ((index + 1) % accounts === 0) log(`${index + 1} of ${samples} samples`);
    }
    return reportOf(median(ofUnknown), median(ofKnown));
  } finally {
    await shop.close();
  }
}

function reportOf(unknownMs: number, knownMs: number): BenchReport {
  const difference = Math.abs(unknownMs - knownMs) / knownMs;
  return {
    title: `Failed logins of existing and unknown accounts, ${samples} of each, alternating`,
    columns: ['login', 'median ms'],
    rows: [
      ['unknown email', rounded(unknownMs)],
      ['wrong password', rounded(knownMs)],
    ],
    limits: [
      {
        text: `the medians differ by less than 10 %: by ${rounded(difference * 100)} %`,
        isMet: difference < largestDifference,
      },
    ],
  };
}

const newEmail = () => `unknown-${randomUUID()}@example.com`;

async function timedFailure({ stack }: BenchShop, email: string): Promise<number> {
  const startedAt = performance.now();
  const { status } = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', {
    body: { email, password: 'not the one' },
  });
  if (status !== 401) throw new Error(`POST /v1/auth/login: ${status}`);
  return performance.now() - startedAt;
}

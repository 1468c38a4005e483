import { rest } from '@shop/testkit/http';
import type { BenchShop } from '../bench-shop';
import { median, metric, percentile, rounded } from '../statistics';
import type { Attack } from './rejected-documents';

/** The target of requests, and the processes whose CPU time is measured. */
export interface Target {
  shop: BenchShop;
  processes: readonly (keyof BenchShop['metricsUrls'])[];
  /** Default POST /graphql. */
  method?: string;
  path?: string;
  token?: string;
}

export interface Measured {
  medianMs: number;
  p95Ms: number;
  /** Includes garbage collection and compilation on other threads. */
  maximumMs: number;
  statuses: number[];
  /** Message of the first error. */
  message: string;
}

/** `message` of a response without errors. */
export const noError = 'none';

interface ResponseBody {
  errors?: { message: string }[];
  detail?: string;
}

/** CPU time of one request on all threads of the processes, including reading their metrics. */
export async function measure(
  { shop, processes, method = 'POST', path = '/graphql', token }: Target,
  attack: Attack,
  times: number,
): Promise<Measured> {
  const { stack, metricsUrls } = shop;
  const cpuMs = async () => {
    const seconds = await Promise.all(
      processes.map((name) => metric(metricsUrls[name], 'process_cpu_seconds_total')),
    );
    return seconds.reduce((sum, value) => sum + value, 0) * 1_000;
  };
  const statuses = new Set<number>();
  const costs: number[] = [];
  let message = '';
  for (let attempt = 0; attempt < times; attempt += 1) {
    const body = attack(attempt);
    const before = await cpuMs();
    const response = await rest(stack.gatewayUrl)<ResponseBody>(method, path, {
      body,
      ...(token ? { token } : {}),
    });
    costs.push((await cpuMs()) - before);
    statuses.add(response.status);
    message ||= response.body.errors?.[0]?.message ?? response.body.detail ?? noError;
  }
  return {
    medianMs: rounded(median(costs)),
    p95Ms: rounded(percentile(costs, 0.95)),
    maximumMs: rounded(Math.max(...costs)),
    statuses: [...statuses],
    message: message.replaceAll('|', '\\|').slice(0, 90),
  };
}

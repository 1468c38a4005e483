import type { Logger } from '@shop/kit/logger';
import { defineGauges, registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { undecidedPayments } from '../payment/payment.repository';
import { notConfiguredMessage, type Providers, remedyFor } from '../providers/providers';
import { pendingRefunds } from '../refund/refund.repository';

/** Undecided payments and pending refunds of one provider. Times are milliseconds since 1970. */
interface WaitingProvider {
  provider: string;
  /** False: the service has no settings for it, so they are not decided automatically. */
  isConfigured: boolean;
  undecidedPayments: number;
  pendingRefunds: number;
  /** When the oldest of them was created. */
  sinceMs: number;
}

/** By provider. Before the first start of the service, all providers count as configured. */
export const waitingProviders = `
  SELECT provider,
         provider IN (SELECT provider FROM configured_providers) OR NOT EXISTS (SELECT FROM configured_providers)
           AS "isConfigured",
         count(*) FILTER (WHERE NOT is_refund)::int AS "undecidedPayments",
         count(*) FILTER (WHERE is_refund)::int AS "pendingRefunds",
         (extract(epoch FROM min(created_at)) * 1000)::float8 AS "sinceMs"
    FROM (SELECT provider, false AS is_refund, created_at FROM payments WHERE ${undecidedPayments}
          UNION ALL
          SELECT provider, true, refunds.created_at
            FROM refunds JOIN payments ON payments.id = payment_id WHERE ${pendingRefunds}) AS waiting
   GROUP BY provider ORDER BY provider`;

export async function findUnconfiguredProviders(dataSource: DataSource): Promise<WaitingProvider[]> {
  const waiting = await dataSource.query<WaitingProvider[]>(
    `/* WaitingProviders.find */ ${waitingProviders}`,
  );
  return waiting.filter(({ isConfigured }) => !isConfigured);
}

/** Replaces the list that the previous process stored. */
async function saveConfiguredProviders(
  dataSource: DataSource,
  providers: readonly { provider: string; credentialsFingerprint: string | null }[],
): Promise<void> {
  await dataSource.query(
    `/* WaitingProviders.saveConfigured */
     WITH removed AS (DELETE FROM configured_providers WHERE provider <> ALL ($1::text[]))
     INSERT INTO configured_providers (provider, credentials_fingerprint)
     SELECT * FROM unnest($1::text[], $2::text[]) AS configured (provider, fingerprint) ORDER BY provider
     ON CONFLICT (provider)
       DO UPDATE SET configured_at = now(), credentials_fingerprint = excluded.credentials_fingerprint`,
    [providers.map((row) => row.provider), providers.map((row) => row.credentialsFingerprint)],
  );
}

/** As stored by the process that started last; null if it has none for the provider. */
export async function findCredentialsFingerprint(
  dataSource: DataSource,
  provider: string,
): Promise<string | null> {
  const [configured] = await dataSource.query<{ fingerprint: string | null }[]>(
    `/* WaitingProviders.findFingerprint */
     SELECT credentials_fingerprint AS fingerprint FROM configured_providers WHERE provider = $1`,
    [provider],
  );
  return configured?.fingerprint ?? null;
}

/**
 * At startup: registers the metrics, stores the configured providers with their credentials'
 * fingerprints, and logs the unconfigured ones that have open payments or refunds.
 */
export async function reportUnconfiguredProviders(input: {
  dataSource: DataSource;
  providers: Providers;
  logger: Logger;
}): Promise<void> {
  const { dataSource, providers, logger } = input;
  const configured = providers.names.map((provider) => ({
    provider,
    credentialsFingerprint: providers.find(provider)?.credentialsFingerprint ?? null,
  }));
  registerUnconfiguredProviderMetrics(dataSource);
  await saveConfiguredProviders(dataSource, configured);
  for (const { provider, undecidedPayments, pendingRefunds } of await findUnconfiguredProviders(dataSource)) {
    const remedy = remedyFor(provider);
    logger.error(notConfiguredMessage, { provider, undecidedPayments, pendingRefunds, remedy });
  }
}

const unconfiguredGauges = defineGauges({
  reader: 'unconfigured_providers',
  label: 'provider',
  labelValues: 'names of providers',
  gauges: {
    shop_payments_provider_not_configured: 'Undecided payments whose provider is not configured.',
    shop_refunds_provider_not_configured: 'Pending refunds whose provider is not configured.',
  },
});

function registerUnconfiguredProviderMetrics(dataSource: DataSource): void {
  registerGauges({
    ...unconfiguredGauges,
    async read() {
      const found = await findUnconfiguredProviders(dataSource);
      const byProvider = (count: 'undecidedPayments' | 'pendingRefunds') =>
        Object.fromEntries(found.map((waiting) => [waiting.provider, waiting[count]]));
      return {
        shop_payments_provider_not_configured: byProvider('undecidedPayments'),
        shop_refunds_provider_not_configured: byProvider('pendingRefunds'),
      };
    },
  });
}

import type { Logger } from '@shop/kit/logger';
import { registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { notConfiguredMessage, type Providers, remedyFor } from '../providers/providers';
import { findUnconfiguredProviders, saveConfiguredProviders } from './waiting-providers.repository';

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

function registerUnconfiguredProviderMetrics(dataSource: DataSource): void {
  registerGauges({
    label: 'provider',
    gauges: {
      shop_payments_provider_not_configured: 'Undecided payments whose provider is not configured.',
      shop_refunds_provider_not_configured: 'Pending refunds whose provider is not configured.',
    },
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

import { ConfigError } from '@shop/kit/config';
import { OperatorError } from '@shop/kit/operator';
import type { DataSource } from 'typeorm';
import { loadProviderSettings } from '../config';
import { configuredProviders } from '../providers/configure-providers';
import type { PaymentProvider } from '../providers/payment-provider';

/** Longer than for a customer. */
const providerTimeoutMs = 10_000;

/** The providers that are configured for this command. @throws OperatorError for invalid settings */
export function openProviders(dataSource: DataSource): (name: string) => PaymentProvider | undefined {
  const providers = configuredProviders({ settings: providerSettings(), dataSource }, providerTimeoutMs);
  return (wanted) => providers.find(({ name }) => name === wanted);
}

export function providerSettings(): ReturnType<typeof loadProviderSettings> {
  try {
    return loadProviderSettings();
  } catch (cause) {
    throw cause instanceof ConfigError ? new OperatorError(cause.message, { cause }) : cause;
  }
}

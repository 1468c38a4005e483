import { ConfigError } from '@shop/kit/config';
import { OperatorError } from '@shop/kit/operator';
import type { DataSource } from 'typeorm';
import { loadProviderSettings } from '../config';
import { configuredProviders } from '../providers/configure-providers';
import type { PaymentProvider } from '../providers/payment-provider';
import { findCredentialsFingerprint } from './waiting-providers.repository';

/** Longer than for a customer. */
const providerTimeoutMs = 10_000;

export type FindProvider = (name: string) => Promise<PaymentProvider | undefined>;

/**
 * The providers that are configured for this command. @throws OperatorError for invalid settings, and on a search for a
 * provider whose credentials are not those of the service
 */
export function openProviders(dataSource: DataSource): FindProvider {
  const providers = configuredProviders({ settings: providerSettings(), dataSource }, providerTimeoutMs);
  return async (wanted) => {
    const provider = providers.find(({ name }) => name === wanted);
    if (provider) await requireServiceCredentials(dataSource, provider);
    return provider;
  };
}

/** In another account, closing a key creates a charge there and closes that one: the key stays open in the service's. */
async function requireServiceCredentials(
  dataSource: DataSource,
  { name, credentialsFingerprint }: PaymentProvider,
): Promise<void> {
  if (credentialsFingerprint === undefined) return;
  const ofService = await findCredentialsFingerprint(dataSource, name);
  if (ofService === credentialsFingerprint) return;
  const remedy =
    ofService === null
      ? `The service has not stored which credentials of ${name} it uses, so this command's may be of another account: start the service with this version and with its settings of ${name}`
      : `The credentials of ${name} of this command are not those of the service, so they may be of another account or mode: run it with the service's`;
  throw new OperatorError(
    `${remedy}, or use --without-provider to settle without asking. Nothing was changed.`,
  );
}

export function providerSettings(): ReturnType<typeof loadProviderSettings> {
  try {
    return loadProviderSettings();
  } catch (cause) {
    throw cause instanceof ConfigError ? new OperatorError(cause.message, { cause }) : cause;
  }
}

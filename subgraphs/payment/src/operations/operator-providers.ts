import { ConfigError } from '@shop/kit/config';
import { OperatorError } from '@shop/kit/operator';
import type { DataSource } from 'typeorm';
import { loadProviderSettings } from '../config';
import { configuredProviders } from '../providers/configure-providers';
import type { PaymentProvider } from '../providers/payment-provider';
import { findCredentialsFingerprint } from './waiting-providers.repository';

/** Longer than in the service, where a customer waits. */
const providerTimeoutMs = 10_000;

export type FindProvider = (name: string) => Promise<PaymentProvider | undefined>;

/**
 * Finds the providers that are configured for this command.
 *
 * @throws OperatorError for invalid settings; the returned function throws it for a provider whose
 *   credentials differ from those of the service
 */
export function openProviders(dataSource: DataSource): FindProvider {
  const providers = configuredProviders({ settings: providerSettings(), dataSource }, providerTimeoutMs);
  return async (searched) => {
    const provider = providers.find(({ name }) => name === searched);
    if (provider) await requireServiceCredentials(dataSource, provider);
    return provider;
  };
}

/**
 * With another account, closing a key closes it there, and it stays open in the service's account.
 */
async function requireServiceCredentials(
  dataSource: DataSource,
  { name, credentialsFingerprint }: PaymentProvider,
): Promise<void> {
  if (credentialsFingerprint === undefined) return;
  const ofService = await findCredentialsFingerprint(dataSource, name);
  if (ofService === credentialsFingerprint) return;
  const remedy =
    ofService === null
      ? `The service has not stored which credentials of ${name} it uses, so those of this command may belong to another account: start the service with this version and with its settings of ${name}`
      : `The credentials of ${name} of this command differ from those of the service, so they may belong to another account or mode: run it with the service's`;
  throw new OperatorError(
    `${remedy}, or use --without-provider to settle without calling it. Nothing was changed.`,
  );
}

export function providerSettings(): ReturnType<typeof loadProviderSettings> {
  try {
    return loadProviderSettings();
  } catch (cause) {
    throw cause instanceof ConfigError ? new OperatorError(cause.message, { cause }) : cause;
  }
}

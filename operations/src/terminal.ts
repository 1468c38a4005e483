import { ConfigError } from '@shop/kit/config';
import { OperatorError } from '@shop/kit/operator';
import {
  inheritedEnvironment,
  openOperatedShop,
  type OperatedShop,
  StackError,
} from '@shop/local-stack/operate';
import { ServiceError } from './operator-program';

const exitCodes = { notFound: 1, failed: 2 } as const;

/**
 * Runs an operator command. Writes the result to standard output and errors to standard error. The
 * exit code is the result of `work`, 1 if the record was not found, or 2.
 */
export async function runInTerminal(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    process.stderr.write(`${isExpected(error) ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exitCode =
      error instanceof ServiceError && error.isNotFound ? exitCodes.notFound : exitCodes.failed;
  }
}

function isExpected(error: unknown): error is Error {
  return [OperatorError, ServiceError, StackError, ConfigError].some((kind) => error instanceof kind);
}

/** Opens the databases of the shop for `work`. */
export async function withShop(work: (shop: OperatedShop) => Promise<number>): Promise<number> {
  const shop = await openOperatedShop(inheritedEnvironment);
  try {
    return await work(shop);
  } finally {
    await shop.close();
  }
}

import { ConfigError } from '@shop/kit/config';
import { OperatorError } from '@shop/kit/operator';
import {
  inheritedEnvironment,
  openOperatedShop,
  type OperatedShop,
  StackError,
} from '@shop/local-stack/operate';
import { ServiceError } from '../service-error';

/** The arguments are invalid. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const exitCodes = { notFound: 1, couldNotAsk: 2 } as const;

/** Runs an operator command on the databases of the shop. */
export function runTerminalCommand(
  work: (shop: OperatedShop, args: readonly string[]) => Promise<number>,
): Promise<void> {
  return runTerminalProgram(async (args) => {
    const shop = await openOperatedShop(inheritedEnvironment);
    try {
      return await work(shop, args);
    } finally {
      await shop.close();
    }
  });
}

/**
 * Runs an operator command. Writes the result to standard output and errors to standard error. The
 * exit code is the result of `work`, 1 if the record was not found, or 2.
 */
export async function runTerminalProgram(work: (args: readonly string[]) => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${isExpected(error) ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exitCode =
      error instanceof ServiceError && error.isNotFound ? exitCodes.notFound : exitCodes.couldNotAsk;
  }
}

function isExpected(error: unknown): error is Error {
  return [UsageError, OperatorError, ServiceError, StackError, ConfigError].some(
    (kind) => error instanceof kind,
  );
}

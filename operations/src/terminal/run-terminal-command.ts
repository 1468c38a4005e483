import { ConfigError } from '@shop/kit/config';
import { OperatorError } from '@shop/kit/operator';
import {
  inheritedEnvironment,
  openOperatedShop,
  type OperatedShop,
  StackError,
} from '@shop/local-stack/operate';
import { ServiceError } from '../service-error';

/** What the person at the terminal asked for does not exist. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const exitCodes = { notFound: 1, couldNotAsk: 2 } as const;

/** One command of the operator on the databases of the shop. */
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
 * One command of the operator. Its result goes to standard output, what went wrong to standard
 * error; the process ends with what `work` answers, with 1 if the record was not found, or with 2.
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

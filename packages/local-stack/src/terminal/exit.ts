import { ConfigError } from '@shop/kit/config';
import { StackError } from '../stack-error';

/** Exits; prints the message of an expected failure, or the stack of any other. */
export function exitWith(error: unknown): never {
  const isExpected = error instanceof StackError || error instanceof ConfigError;
  process.stderr.write(`\n${isExpected ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
}

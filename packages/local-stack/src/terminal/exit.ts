import { ConfigError } from '@shop/kit/config';
import { StackError } from '../stack-error';

/** Ends the process; an expected failure is told in its own words, any other with its stack. */
export function exitWith(error: unknown): never {
  const isExpected = error instanceof StackError || error instanceof ConfigError;
  process.stderr.write(`\n${isExpected ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
}

import { ConfigError } from '@shop/kit/config';

/** A failure whose message has one line with the problem and the fix; printed without a stack. */
export class StackError extends Error {
  override readonly name = 'StackError';
}

/** Exits; prints the message of an expected failure, or the stack of any other. */
export function exitWith(error: unknown): never {
  const isExpected = error instanceof StackError || error instanceof ConfigError;
  process.stderr.write(`\n${isExpected ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
}

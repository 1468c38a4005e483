import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/**
 * A command with options only: any other argument is an error. @throws OperatorError that lists the
 * options
 */
export function parseOptions<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  return withUsage(options, () => parseArgs({ args: [...args], options }).values);
}

/** A command with options and other arguments. @throws OperatorError that lists the options */
export function parseArguments<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  return withUsage(options, () => parseArgs({ args: [...args], options, allowPositionals: true }));
}

/** The value of `--limit`. @throws OperatorError unless it is a whole number from 1 */
export function parseLimit(value: string): number {
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1)
    throw new OperatorError(`--limit must be a whole number from 1, got ${value}.`);
  return limit;
}

function withUsage<Parsed>(options: ParseArgsOptionsConfig, parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    if (!String((error as { code?: string }).code).startsWith('ERR_PARSE_ARGS_')) throw error;
    const reason = (error as Error).message.replaceAll(/\s+/g, ' ').replace(/\.?$/, '.');
    throw new OperatorError(`${reason} Options: ${optionsIn(options)}.`);
  }
}

function optionsIn(options: ParseArgsOptionsConfig): string {
  const all = Object.entries(options).map(([name, { type }]) =>
    type === 'string' ? `--${name} <value>` : `--${name}`,
  );
  return all.join(', ') || 'none';
}

/** A command that failed as expected; the message is shown to the operator. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}

/** No record has the given ID, or none in the status that the command is for. */
export class RecordNotFound extends OperatorError {
  override readonly name = 'RecordNotFound';
}

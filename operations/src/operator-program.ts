import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { OperatorProgram } from '@shop/local-stack/operate';

/** A command of a service failed; the message starts with the name of the service. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** True if the service has no such record. */
  readonly isNotFound: boolean;

  constructor(
    message: string,
    { isNotFound = false, ...options }: ErrorOptions & { isNotFound?: boolean } = {},
  ) {
    super(message, options);
    this.isNotFound = isNotFound;
  }
}

/** The exit code of an operator program that has no such record. */
const notFound = 1;

/**
 * Runs a service's operator program and yields its output line by line, with backpressure. The
 * program is killed when the reader stops.
 *
 * @param input written to the program's standard input
 * @throws ServiceError with the program's error output
 */
export async function* runOperatorProgram(
  service: string,
  { file, env }: OperatorProgram,
  args: readonly string[],
  input?: string,
): AsyncGenerator<unknown> {
  const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // EPIPE: a program that fails immediately does not read its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const closed = once(child, 'close') as Promise<[number | null]>;
  let errorOutput = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = `${errorOutput}${text}`.slice(-2_000);
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as unknown;
    const [code] = await closed;
    if (code !== 0)
      throw new ServiceError(`${service}: ${errorOutput.trim() || `its program ended with ${code}`}`, {
        isNotFound: code === notFound,
      });
  } finally {
    if (child.exitCode === null) child.kill();
    await closed;
  }
}

/** Like Promise.all, but waits for all services, so that the error names every unavailable one. */
export async function settleAll<Result>(promises: readonly Promise<Result>[]): Promise<Result[]> {
  const settled = await Promise.allSettled(promises);
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  const [cause] = failures;
  if (cause) throw new ServiceError(failures.map(({ message }) => message).join('\n'), { cause });
  return Promise.all(promises);
}

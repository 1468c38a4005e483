import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { programEnvironment } from '@shop/testkit/database';

const program = join(__dirname, '..', '..', 'dist', 'operate.js');

export interface Operated {
  code: number | string;
  /** Each line of standard output. */
  // The shapes of the lines differ.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  lines: any[];
  stderr: string;
}

/** Runs payment's operator program in a separate process. */
export function operate(
  databaseUrl: string,
  args: readonly string[],
  settings: Record<string, string> = {},
): Promise<Operated> {
  const env = { ...programEnvironment(), DATABASE_URL: databaseUrl, ...settings };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) =>
      resolve({
        code: error?.code ?? 0,
        lines: stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as unknown),
        stderr,
      }),
    );
  });
}

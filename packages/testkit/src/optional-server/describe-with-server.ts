/** A server that some tests need and that may not be installed. */
export interface OptionalServer {
  /** Name of its program and of its Debian package. */
  name: string;
  isHere: boolean;
  /** The environment variable with its path. */
  variable: string;
}

/**
 * `describe` for tests that need the server. Without it they are skipped, with the reason in the
 * title.
 */
export function describeWithServer(
  { name, isHere, variable }: OptionalServer,
  title: string,
  tests: () => void,
): void {
  const remedy = `apt-get install ${name}, or set ${variable}`;
  if (isHere) describe(title, tests);
  // eslint-disable-next-line jest/no-disabled-tests -- skipped and said so, rather than passed without having run
  else describe.skip(`${title} (skipped: there is no ${name} here; ${remedy})`, tests);
}

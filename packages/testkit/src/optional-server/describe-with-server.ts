/** A server that some tests need and not every machine has. */
export interface OptionalServer {
  /** Its program, which is also its Debian package's name. */
  name: string;
  isHere: boolean;
  /** The environment variable that says where it is. */
  variable: string;
}

/**
 * `describe` for what needs the real server. Without it the tests are skipped, and their title says
 * why.
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

/** Adds a parameter to a statement. @returns its name, for example `$3` */
export type Put = (value: unknown) => string;

/** Collects the parameters of a statement. */
export function collectParameters(): { values: unknown[]; put: Put } {
  const values: unknown[] = [];
  return { values, put: (value) => `$${values.push(value)}` };
}

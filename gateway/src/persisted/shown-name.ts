/** Longer than any that a person gives. */
const longestName = 100;

/** The name of an operation as the log has it: clients can make it as long as a document. */
export function shownName(name: string): string {
  return name.slice(0, longestName);
}

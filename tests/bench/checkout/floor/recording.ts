import { recordStatements, type SentStatement } from './record-statements';

/** A statement that commits by itself, or the statements of one transaction. */
export type Commit = [SentStatement, ...SentStatement[]];

/** Recorded statements of checkouts, as the services sent them. */
export interface Recording {
  /** The commits of each checkout, in the order in which they were sent. */
  checkouts: Commit[][];
  /** Commits that belong to several checkouts, or to none (polls). */
  batches: Commit[];
  /** UUIDs that belong to one checkout: each replay needs new ones. */
  ids: ReadonlySet<string>;
}

/**
 * @param work runs checkouts, each by a different user; resolves with the users' IDs when the
 *   background work is done
 * @param sharedIds UUIDs that several checkouts use: products
 */
export async function recordCheckouts(input: {
  superuserUrl: string;
  work: () => Promise<string[]>;
  sharedIds: readonly string[];
}): Promise<Recording> {
  const { superuserUrl, work, sharedIds } = input;
  let userIds: string[] = [];
  const sent = await recordStatements(superuserUrl, async () => {
    userIds = await work();
  });
  // The measurements of the shop exclude the payment simulator too.
  const commits = commitsOf(sent.filter(({ text }) => !ofSimulator.test(text)));
  return sortByCheckout(commits, userIds, new Set(sharedIds));
}

const ofSimulator = /\bsimulator\./;
const begins = /^(?:BEGIN|START TRANSACTION)\b/;
const ends = /^(?:COMMIT|ROLLBACK)$/;

/** Groups the statements of a backend from BEGIN to COMMIT. */
function commitsOf(sent: readonly SentStatement[]): Commit[] {
  const commits: Commit[] = [];
  const open = new Map<number, Commit>();
  for (const statement of sent) {
    const transaction = open.get(statement.backend);
    if (transaction) transaction.push(statement);
    else {
      const commit: Commit = [statement];
      commits.push(commit);
      if (begins.test(statement.text)) open.set(statement.backend, commit);
    }
    if (ends.test(statement.text)) open.delete(statement.backend);
  }
  return commits;
}

export const uuidPattern = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Assigns each commit to a checkout by the UUIDs in its parameters, starting with the ID of the user.
 * All other UUIDs of an assigned commit then identify the same checkout.
 */
function sortByCheckout(
  commits: readonly Commit[],
  userIds: readonly string[],
  sharedIds: ReadonlySet<string>,
): Recording {
  const ownerOf = new Map(userIds.map((id, checkout) => [id, checkout]));
  const owners = commits.map((commit) => {
    const found = uuidsIn(commit).filter((id) => !sharedIds.has(id));
    const [owner, ...others] = new Set(found.flatMap((id) => ownerOf.get(id) ?? []));
    if (owner === undefined || others.length > 0) return undefined;
    for (const id of found) ownerOf.set(id, owner);
    return owner;
  });
  const nameOf = ([first, second = first]: Commit) => second.text;
  // A batch can also contain a single row: it is recognized by its statement.
  const batchNames = new Set(commits.filter((_, index) => owners[index] === undefined).map(nameOf));
  const isOf = (checkout: number) => (commit: Commit, index: number) =>
    owners[index] === checkout && !batchNames.has(nameOf(commit));
  return {
    checkouts: userIds.map((_, checkout) => commits.filter(isOf(checkout))),
    batches: commits.filter((commit) => batchNames.has(nameOf(commit))),
    ids: new Set(ownerOf.keys()),
  };
}

const uuidsIn = (commit: Commit): string[] =>
  commit.flatMap(({ values }) => values.flatMap((value) => value?.match(uuidPattern) ?? []));

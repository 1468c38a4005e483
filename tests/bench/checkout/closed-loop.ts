import { type Connection, openConnection } from '../../load/connection';

export interface LoopResult {
  /** Milliseconds of each checkout that succeeded, those that ended after `durationMs` included. */
  latenciesMs: number[];
  /** Checkouts per second that ended within `durationMs`. */
  perSecond: number;
  /** Messages of those that failed, with how often. */
  failures: Record<string, number>;
}

/**
 * Clients that each begin the next piece of work when the last one has ended, for `durationMs` or
 * until `most` pieces were begun.
 */
export async function closedLoop(input: {
  clients: number;
  durationMs: number;
  /** Default: no limit. */
  most?: number;
  work: (client: number) => Promise<void>;
}): Promise<LoopResult> {
  const { clients, durationMs, most = Infinity, work } = input;
  const latenciesMs: number[] = [];
  const failures: Record<string, number> = {};
  let begun = 0;
  let inTime = 0;
  const endsAt = performance.now() + durationMs;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (begun < most && performance.now() < endsAt) {
        begun += 1;
        const startedAt = performance.now();
        try {
          await work(client);
          const now = performance.now();
          latenciesMs.push(now - startedAt);
          if (now <= endsAt) inTime += 1;
        } catch (error) {
          const message = String((error as NodeJS.ErrnoException).code ?? (error as Error).message);
          failures[message] = (failures[message] ?? 0) + 1;
        }
      }
    }),
  );
  return { latenciesMs, perSecond: inTime / (durationMs / 1_000), failures };
}

/** @throws Error with the messages if a piece of work has failed */
export function assertNoFailures({ failures }: LoopResult): void {
  if (Object.keys(failures).length > 0) throw new Error(JSON.stringify(failures));
}

/** One kept-alive connection per client, closed afterwards. */
export async function withConnections<Result>(
  url: string,
  clients: number,
  work: (connections: readonly Connection[]) => Promise<Result>,
): Promise<Result> {
  const connections = Array.from({ length: clients }, () => openConnection(url));
  try {
    return await work(connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

import { type Connection, openConnection } from '../../load/connection';

export interface LoopResult {
  /** Milliseconds of each successful checkout, including those that ended after `durationMs`. */
  latenciesMs: number[];
  /** Successful checkouts per second; only those that ended within `durationMs` count. */
  perSecond: number;
  /** Number of failed checkouts by error message. */
  failures: Record<string, number>;
}

/**
 * Runs `work` repeatedly for each client: the next call starts when the previous one has ended. Ends
 * after `durationMs`, or when `maximum` calls have started.
 */
export async function closedLoop(input: {
  clients: number;
  durationMs: number;
  /** Default: no limit. */
  maximum?: number;
  work: (client: number) => Promise<void>;
}): Promise<LoopResult> {
  const { clients, durationMs, maximum = Infinity, work } = input;
  const latenciesMs: number[] = [];
  const failures: Record<string, number> = {};
  let started = 0;
  let inTime = 0;
  const endsAt = performance.now() + durationMs;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (started < maximum && performance.now() < endsAt) {
        started += 1;
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

/** @throws Error with the messages if a call has failed */
export function assertNoFailures({ failures }: LoopResult): void {
  if (Object.keys(failures).length > 0) throw new Error(JSON.stringify(failures));
}

/** Opens one keep-alive connection per client, and closes them after `work`. */
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

import { read } from './read';

/** Every event is delivered, or dead: then its job is still there, has no attempt left, and an operator can see it. */
export async function findEventViolations(databaseUrl: string): Promise<string[]> {
  const pending = await read<{ id: string; attempts: number; error: string | null }>(
    databaseUrl,
    `SELECT id::text, attempts, last_error AS error FROM graphile_worker.jobs
      WHERE task_identifier = 'publish-event' AND attempts < max_attempts`,
  );
  return pending.map(
    ({ id, attempts, error }) => `event job ${id} is undelivered after ${attempts} attempts: ${error}`,
  );
}

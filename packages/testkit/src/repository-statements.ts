import { Client } from 'pg';

/**
 * Runs `work` and returns the names of the repository statements that this process sends meanwhile, on
 * any connection. The claims of pollers are not counted.
 */
export async function repositoryStatements(work: () => Promise<unknown>): Promise<string[]> {
  const send = jest.spyOn(Client.prototype, 'query');
  try {
    await work();
    return send.mock.calls.flatMap(([query]: unknown[]) => nameOf(query) ?? []);
  } finally {
    send.mockRestore();
  }
}

function nameOf(query: unknown): string | undefined {
  const text = typeof query === 'string' ? query : (query as { text?: string } | null)?.text;
  return /^\/\* ?(\w+Repository\.[\w+ -]+?) ?\*\//.exec(text ?? '')?.[1];
}

import { Client } from 'pg';

/** Runs `work` and counts the SQL statements that this process sends meanwhile, over every connection. */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const send = jest.spyOn(Client.prototype, 'query');
  try {
    await work();
    return send.mock.calls.length;
  } finally {
    send.mockRestore();
  }
}

import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pollUntil } from '../processes';
import { watchBatches } from './watch-batches';

const folder = mkdtempSync(join(tmpdir(), 'watch-'));
const file = join(folder, 'schema.graphql');
afterAll(() => rmSync(folder, { recursive: true }));

/** As editors and git save: the new text is written to another file, which is renamed over this one. */
function saveAtomically(text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

it.each(['the folder', 'the file'])(
  'reports every atomic save of a schema when it watches %s',
  async (what) => {
    saveAtomically('0');
    let batches = 0;
    const watched = watchBatches({
      folders: [what === 'the file' ? file : folder],
      matters: (path) => path.endsWith('schema.graphql'),
      react: async () => void (batches += 1),
    });
    await watched.ready;
    for (const expected of [1, 2, 3]) {
      saveAtomically(`${expected}`);
      const isReported = () => batches >= expected;
      await pollUntil(isReported, {
        timeoutMs: 10_000,
        onTimeout: () => new Error(`save ${expected} was not reported`),
      });
      expect(batches).toBe(expected);
    }
    await watched.close();
  },
);

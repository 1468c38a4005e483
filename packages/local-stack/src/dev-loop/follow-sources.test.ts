import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastWrittenAtMs, readGeneratedSources } from './follow-sources';

const root = mkdtempSync(join(tmpdir(), 'generated-'));
const folder = join(root, 'subgraphs/order/src/generated');
const file = join(folder, 'schema.ts');
beforeAll(() => mkdirSync(folder, { recursive: true }));
afterAll(() => rmSync(root, { recursive: true }));

function write(text: string, atSeconds: number): void {
  writeFileSync(file, text);
  utimesSync(file, atSeconds, atSeconds);
}

describe('lastWrittenAtMs', () => {
  it('is undefined if the generated sources have been rewritten with the same text', () => {
    write('a', 1);
    const before = readGeneratedSources(root);
    write('a', 2);
    expect(lastWrittenAtMs(before, readGeneratedSources(root))).toBeUndefined();
  });

  it('is the time at which a changed generated source was written', () => {
    write('a', 1);
    const before = readGeneratedSources(root);
    write('b', 3);
    expect(lastWrittenAtMs(before, readGeneratedSources(root))).toBe(3_000);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutants } from './all-mutants';

const checkout = join(__dirname, '../../../..');

describe('mutants', () => {
  it('have different names', () => {
    const names = mutants.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(mutants)(
    '$name: the sources contain its text once, and its test file exists',
    ({ edits, test }) => {
      const found = edits.map(({ file, find }) => {
        const text = readFileSync(join(checkout, file), 'utf8');
        return { file, find, times: text.split(find).length - 1 };
      });
      expect(found).toEqual(found.map((edit) => ({ ...edit, times: 1 })));
      expect(existsSync(join(checkout, test.file))).toBe(true);
    },
  );
});

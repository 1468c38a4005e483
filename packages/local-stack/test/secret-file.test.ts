import fs, { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { readOrCreate, replaceFile } from '../src/secret-file';
import { temporaryDirectory } from './temporary-directory';

const directory = temporaryDirectory();
const newDirectory = () => mkdtempSync(join(directory, 'secrets-'));

/** The calls that write to disk or give a file its name, in their order. */
function recordCalls(root: string): string[] {
  const calls: string[] = [];
  const pathOf = (descriptor: number) =>
    relative(root, fs.readlinkSync(`/proc/self/fd/${descriptor}`)) || '.';
  const withoutDraft = (path: string) => path.replace(/\.\d+\.[0-9a-f]{8}$/, ' (draft)');
  const { fsyncSync, linkSync, renameSync } = fs;
  jest.spyOn(fs, 'fsyncSync').mockImplementation((descriptor) => {
    const path = join(root, pathOf(descriptor));
    const size = statSync(path).isFile() ? ` ${statSync(path).size} bytes` : '';
    calls.push(`fsync ${withoutDraft(pathOf(descriptor))}${size}`);
    fsyncSync(descriptor);
  });
  jest.spyOn(fs, 'linkSync').mockImplementation((draft, file) => {
    calls.push(`link ${basename(String(file))}`);
    linkSync(draft, file);
  });
  jest.spyOn(fs, 'renameSync').mockImplementation((draft, file) => {
    calls.push(`rename ${basename(String(file))}`);
    renameSync(draft, file);
  });
  return calls;
}

afterEach(() => jest.restoreAllMocks());

const onLinux = process.platform === 'linux' ? test : test.skip;

describe('readOrCreate', () => {
  onLinux('names the file when its content is on disk, then flushes its directories', () => {
    const root = newDirectory();
    const calls = recordCalls(root);

    readOrCreate(join(root, 'master', 'roles', 'order'), () => 'content');

    expect(calls).toEqual([
      'fsync master',
      'fsync .',
      'fsync master/roles/order (draft) 7 bytes',
      'link order',
      'fsync master/roles',
    ]);
  });

  test('rejects an empty file, and names it', () => {
    const file = join(newDirectory(), 'secret');
    writeFileSync(file, '');

    expect(() => readOrCreate(file, () => 'content')).toThrow(`${file} is empty: restore it from a backup`);
    expect(readFileSync(file, 'utf8')).toBe('');
  });
});

describe('replaceFile', () => {
  onLinux('renames the file when its content is on disk, then flushes its directory', () => {
    const root = newDirectory();
    const calls = recordCalls(root);

    replaceFile(join(root, 'secret'), 'content', 0o400);

    expect(calls).toEqual(['fsync secret (draft) 7 bytes', 'rename secret', 'fsync .']);
  });

  test('replaces a read-only file and leaves no draft', () => {
    const file = join(newDirectory(), 'secret');
    replaceFile(file, 'former', 0o400);

    replaceFile(file, 'new', 0o444);

    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o444);
    expect(readdirSync(dirname(file))).toEqual(['secret']);
  });
});

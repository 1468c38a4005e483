import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface GitFiles {
  trackedFiles(root: string): string[];
  uncommittedFiles(root: string): string[];
}

let gitFiles: GitFiles;
beforeAll(async () => {
  gitFiles = (await import(join(__dirname, '../../tools/git-files.mjs'))) as GitFiles;
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'git-files-'));
  writeFileSync(join(directory, 'a.txt'), 'a');
});
afterEach(() => rmSync(directory, { recursive: true }));

function git(...args: string[]): void {
  const user = ['-c', 'user.name=Test', '-c', 'user.email=test@shop.example'];
  const { status, stderr } = spawnSync('git', [...user, ...args], { cwd: directory, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function commitAll(): void {
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--no-verify', '--message', 'test');
}

describe('trackedFiles', () => {
  it('lists tracked files that exist', () => {
    writeFileSync(join(directory, 'deleted.txt'), '');
    commitAll();
    rmSync(join(directory, 'deleted.txt'));
    writeFileSync(join(directory, 'untracked.txt'), '');
    expect(gitFiles.trackedFiles(directory)).toEqual(['a.txt']);
  });

  it('fails in a folder that is no clone, instead of returning no file', () => {
    expect(() => gitFiles.trackedFiles(directory)).toThrow(/not a git repository.+run git init/s);
  });

  it('fails if no file is tracked', () => {
    git('init', '--quiet');
    expect(() => gitFiles.trackedFiles(directory)).toThrow(/git tracks no file in .+run git init/);
  });
});

describe('uncommittedFiles', () => {
  it('is empty after a commit', () => {
    commitAll();
    expect(gitFiles.uncommittedFiles(directory)).toEqual([]);
  });

  it('lists changed, deleted and new files, also in a new folder', () => {
    writeFileSync(join(directory, 'deleted.txt'), '');
    commitAll();
    writeFileSync(join(directory, 'a.txt'), 'changed');
    rmSync(join(directory, 'deleted.txt'));
    mkdirSync(join(directory, 'new'));
    writeFileSync(join(directory, 'new/b.txt'), '');
    expect(gitFiles.uncommittedFiles(directory)).toEqual([' M a.txt', ' D deleted.txt', '?? new/b.txt']);
  });

  it('fails in a folder that is no clone', () => {
    expect(() => gitFiles.uncommittedFiles(directory)).toThrow('git status');
  });
});

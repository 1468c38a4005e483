import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const workflow = readFileSync(join(root, '.github/workflows/ci-cd.yml'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** The problems of the workflow after `search`, which must occur in it, is replaced. */
async function problemsWith(search: string, replacement: string): Promise<string[]> {
  const module = join(root, 'tools/lint/workflows.mjs');
  const { ruleProblems } = (await import(module)) as {
    ruleProblems(text: string, scripts: Record<string, string>): string[];
  };
  expect(workflow).toContain(search);
  return ruleProblems(workflow.replace(search, replacement), scripts);
}

it('accepts the workflow of this repository', async () => {
  expect(await problemsWith('ci-cd', 'ci-cd')).toEqual([]);
});

it.each([
  ['an action that is not pinned', /@[0-9a-f]{40} # v5\.0\.0/, '@v5', /pin actions\/checkout@v5/],
  ['a pinned action without its version', / # v5\.0\.0/, '', /name the version of the commit/],
  ['a script that does not exist', /'test:unit'/, "'test:units'", /script test:units/],
  ['a job without a time limit', / {4}timeout-minutes: 30\n/, '', /job check needs timeout-minutes/],
  ['an expression in a script', /run: npm run "\$SCRIPT"/, 'run: npm run ${{ matrix.script }}', /by env/],
  ['no permissions', /permissions:\n {2}contents: read\n/, '', /needs `permissions/],
  ['no concurrency group', /concurrency:/, 'unused:', /concurrency group/],
  ['pull_request_target', / {2}pull_request:/, '  pull_request_target:', /use pull_request/],
])('rejects %s', async (_name, pattern, replacement, expected) => {
  const [search = ''] = pattern.exec(workflow) ?? [];
  expect(await problemsWith(search, replacement)).toEqual(
    expect.arrayContaining([expect.stringMatching(expected)]),
  );
});

it('gives the job containers more time than all steps of .ci/containers together', () => {
  const script = readFileSync(join(root, '.ci/containers'), 'utf8');
  // Hosted runners have no stand-ins for images.
  const lines = script.split('\n').filter((line) => !/^\s*#/.test(line) && !line.includes('$standins'));
  const limits = lines.flatMap((line) =>
    [...line.matchAll(/limited (\d+) (\S+ \S+ \S+ \S+ \S+)?/g)].flatMap(([, minutes, command]) =>
      // The containers are removed before and after the run.
      Array.from({ length: command?.endsWith('down') ? 2 : 1 }, () => Number(minutes)),
    ),
  );
  expect(limits).toHaveLength(9);
  const [, ofJob] = /\n {2}containers:\n[^]*?timeout-minutes: (\d+)\n/.exec(workflow) ?? [];
  // `limited` gives a step half a minute to end; the job also installs the packages.
  const minutes = limits.reduce((sum, limit) => sum + limit + 0.5, 0);
  expect(Number(ofJob)).toBeGreaterThanOrEqual(minutes + 10);
});

it('makes a bill of materials that actions/attest-sbom accepts: with a serial number', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sbom-'));
  try {
    const file = join(directory, 'sbom.json');
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, 'tools/run.mjs'), 'sbom', '--output-file', file],
      { cwd: root, encoding: 'utf8' },
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      bomFormat: 'CycloneDX',
      serialNumber: expect.stringMatching(/^urn:uuid:/),
      specVersion: expect.any(String),
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

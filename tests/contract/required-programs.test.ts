import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A folder with the scripts of .ci, and programs that fail. */
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ci-'));
  cpSync(join(__dirname, '../../.ci'), join(directory, '.ci'), { recursive: true });
  const script = join(directory, '.ci/install-servers');
  const text = readFileSync(script, 'utf8');
  writeFileSync(script, text.replace('nats-server redis-server chromium prometheus', 'unknown-server node'));
  mkdirSync(join(directory, 'bin'));
  for (const [name, exitCode] of [
    ['docker', 1],
    ['apt-get', 1],
    ['sudo', 1],
    ['kubectl', 0],
  ] as const) {
    const file = join(directory, 'bin', name);
    writeFileSync(file, `#!/bin/sh\nexit ${exitCode}\n`);
    chmodSync(file, 0o755);
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

function run(script: string, required: string) {
  const { status, stdout } = spawnSync(join(directory, '.ci', script), {
    encoding: 'utf8',
    env: {
      PATH: [join(directory, 'bin'), process.env['PATH']].join(delimiter),
      STANDIN_IMAGES: join(directory, 'none'),
      ALL_TESTS_REQUIRED: required,
    },
  });
  return { status, stdout };
}

describe.each([
  ['containers', 'CONTAINERS NOT TESTED: there is no container engine'],
  ['install-servers', 'unknown-server is missing and could not be installed'],
])('.ci/%s without a program that it needs', (script, notice) => {
  it.each([
    ['passes with a notice', '', 0],
    ['fails with ALL_TESTS_REQUIRED', 'true', 1],
  ])('%s', (_what, required, status) => {
    expect(run(script, required)).toEqual({ status, stdout: expect.stringContaining(notice) });
  });
});

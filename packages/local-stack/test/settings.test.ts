import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';

it('tools/prepare/settings.json is up to date (otherwise run `npm run generate`)', () => {
  const committed = readFileSync(join(workspaceRoot, 'tools/prepare/settings.json'), 'utf8');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/generate-settings.mjs', '--print'], {
    cwd: workspaceRoot,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toBe(committed);
});

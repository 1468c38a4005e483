// Writes the standard output of a program to a file, only if the program succeeds.
//   node tools/write-output.mjs PROGRAM FILE
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectNode, root } from './prepare/workspace.mjs';

const [program, file] = process.argv.slice(2);
const { status, stdout } = spawnSync(projectNode, [program], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 50_000_000,
});
if (status === 0) writeFileSync(join(root, file), stdout);
process.exitCode = status ?? 1;

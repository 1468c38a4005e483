// Runs one of the project's programs on a checkout in whatever state: installs and builds first what is missing.
//   node tools/run.mjs start|dev|test|e2e|migrate|seed|lint [arguments]
// Works with Node 20 and newer and without any dependency; the program itself runs on the project's own Node.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { prepare } from './prepare/prepare.mjs';
import { PreparationError } from './prepare/step.mjs';
import { projectNode, root } from './prepare/workspace.mjs';

const withEnvFile = '--env-file-if-exists=.env';
const localStack = (name) => [withEnvFile, `packages/local-stack/dist/${name}.js`, ...args];
// graphile-worker and faker are ES modules, which Jest loads only with this flag. --selectProjects takes all words that follow.
const jest = (...projects) => [
  ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'],
  ...[...args, '--selectProjects', ...projects],
];

const [command, ...args] = process.argv.slice(2);
const programs = {
  start: localStack('main'),
  dev: localStack('dev'),
  migrate: localStack('migrate'),
  seed: localStack('seed'),
  test: jest('unit', 'integration', 'contract', 'e2e'),
  e2e: jest('e2e'),
  lint: ['tools/lint.mjs', ...args],
};
const program = programs[command];

try {
  if (!program) throw new PreparationError(`Say which program: ${Object.keys(programs).join(', ')}`);
  await prepare();
  await become(program);
} catch (error) {
  process.stderr.write(`${error instanceof PreparationError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}

/** Runs a program in our stead: same terminal, our signals go to it, its exit code is ours. */
async function become(nodeArguments) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const child = spawn(projectNode, nodeArguments, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.exitCode = code ?? 128 + constants.signals[signal];
      resolve();
    });
  });
}

// Runs a program of the project, after installing and building what is missing:
//   node tools/run.mjs <program> [arguments]
// Without a program it lists them. Works with Node 20 and newer without dependencies; the program
// runs on the project's own Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { prepare, prepareDependencies } from './prepare/prepare.mjs';
import { checkSettings } from './prepare/settings.mjs';
import { PreparationError } from './prepare/step.mjs';
import { projectNode, root } from './prepare/workspace.mjs';
import { asksForHelp, stackUsage, unknownStackOptions } from './usage.mjs';

const envFile = existsSync(join(root, '.env')) ? ['--env-file=.env'] : [];
const localStack = (name) => [...envFile, 'packages/local-stack/dist/main.js', name, ...args];
const operation = (name) => [...envFile, 'operations/dist/main.js', name, ...args];
// faker is an ES module, which Jest loads only with this flag. --selectProjects takes all arguments
// that follow.
const jest = (projects, options = []) => [
  ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'],
  ...[...options, ...args, '--selectProjects', ...projects],
];
const ofServices = ['unit', 'integration', 'contract'];
const ofShop = ['e2e', 'faults', 'chaos'];
/**
 * Limited to one worker: a shop has at least six processes, and two shops overload a small machine.
 */
const oneAtATime = ['--maxWorkers=1'];

const [command, ...args] = process.argv.slice(2);
const programs = {
  start: localStack('start'),
  dev: localStack('dev'),
  migrate: localStack('migrate'),
  seed: localStack('seed'),
  reconcile: operation('reconcile'),
  events: operation('events'),
  webhooks: operation('webhooks'),
  payments: operation('payments'),
  refunds: operation('refunds'),
  keys: operation('keys'),
  test: jest([...ofServices, ...ofShop]),
  e2e: jest(['e2e'], oneAtATime),
  chaos: ['tests/dist/chaos/main.js', ...args],
  mutations: ['tests/dist/chaos/mutations/main.js', ...args],
  bench: ['tests/dist/bench/main.js', ...args],
  lint: ['tools/lint.mjs', ...args],
  generate: ['tools/generate.mjs', ...args],
  new: ['tools/new.mjs', ...args],
};
const program = programs[command];
/** With a separate report and logs. */
const testRun = (name, nodeArguments) => ({
  program: nodeArguments,
  env: { JEST_JUNIT_OUTPUT_NAME: `junit-${name}.xml`, TEST_RUN: name },
});
const allTests = [testRun('services', jest(ofServices)), testRun('shop', jest(ofShop, oneAtATime))];
const runs = command === 'test' && args.length === 0 ? allTests : [{ program }];
let isStopRequested = false;
const isStack = command === 'start' || command === 'dev';

/** Commands that read the settings of a stack. */
const readsSettings = new Set([
  'start',
  'dev',
  'migrate',
  'seed',
  'reconcile',
  'events',
  'webhooks',
  'payments',
  'refunds',
  'keys',
]);

try {
  if (!program) throw new PreparationError(`A program name is required: ${Object.keys(programs).join(', ')}`);
  if (isStack && asksForHelp(args)) process.stdout.write(stackUsage);
  else await runPrograms();
} catch (error) {
  process.stderr.write(`${error instanceof PreparationError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}

async function runPrograms() {
  const unknown = isStack ? unknownStackOptions(args) : [];
  if (unknown.length > 0)
    throw new PreparationError(`Unknown option: ${unknown.join(' ')}. See npm start -- --help`);
  if (readsSettings.has(command)) checkSettings(process.env);
  // Before the build, because the code may need the generated files to compile.
  await (command === 'generate' ? prepareDependencies() : prepare());
  for (const run of runs) {
    const code = await become(run.program, run.env);
    process.exitCode ||= code;
    if (isStopRequested) break;
  }
}

/**
 * Runs a program with the same terminal and forwards signals to it. @returns its exit code, as in a
 * shell
 */
async function become(nodeArguments, env) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const child = spawn(projectNode, nodeArguments, {
    cwd: root,
    // The end of the IPC channel notifies the stack that this process has exited, even by SIGKILL.
    stdio: ['inherit', 'inherit', 'inherit', ...(isStack ? ['ipc'] : [])],
    env: { ...process.env, ...env, PATH: path },
  });
  const passOn = (signal) => {
    isStopRequested = true;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, passOn);
  const watch = followNpm(() => passOn('SIGTERM'));
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    clearInterval(watch);
  }
}

/** If npm is killed, its script would continue to run; it stops when its parent changes. */
function followNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const npm = process.ppid;
  return setInterval(() => {
    if (process.ppid !== npm) onGone();
  }, 1_000);
}

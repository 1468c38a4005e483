// Runs a program of the project, after installing and building what is missing:
//   node tools/run.mjs <program> [arguments]
// Works with Node 20 and newer without dependencies; the program runs on the project's own Node.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from './prepare/prepare.mjs';
import { checkSettings } from './prepare/settings.mjs';
import { PreparationError, projectNode, root, runProgram } from './prepare/workspace.mjs';

const stackUsage = `Usage: npm start [-- --fresh]
       npm run dev [-- --fresh]

Installs and builds what is missing, then starts PostgreSQL and the five services of the shop. \`npm run dev\` also
rebuilds and restarts what changes. Ctrl-C stops everything.

Options
  --fresh   deletes the data of DATA_DIR first
  --help    prints this text

Settings come from the environment or from .env; .env.example lists all of them with their defaults. The first ones:
  PORT=8080                                the gateway
  USER_PORT, PRODUCT_PORT, ORDER_PORT, PAYMENT_PORT   the subgraphs: 4001 to 4004
  DATA_DIR=.data                           databases, keys, passwords and logs
  SEED_PRODUCTS=1000                       products that the seed makes
`;

const [command, ...args] = process.argv.slice(2);
const envFile = existsSync(join(root, '.env')) ? ['--env-file=.env'] : [];
/** Programs that read the settings of a stack. */
const withSettings = (file, names) => names.map((name) => [name, [...envFile, file, name, ...args]]);
// faker is an ES module, which Jest loads only with this flag. --selectProjects takes all arguments
// that follow.
const jest = (projects, options = []) => [
  ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'],
  ...[...options, ...args, '--selectProjects', ...projects],
];
const ofServices = ['unit', 'integration', 'contract'];
const ofShop = ['e2e', 'faults', 'chaos'];
// One worker: a shop has at least six processes, and two shops overload a small machine.
const oneAtATime = ['--maxWorkers=1'];

const stackPrograms = withSettings('packages/local-stack/dist/main.js', ['start', 'dev', 'migrate', 'seed']);
const operatorPrograms = withSettings('operations/dist/main.js', [
  ...['reconcile', 'orders', 'events', 'webhooks', 'payments', 'refunds', 'keys'],
]);
const programs = {
  ...Object.fromEntries([...stackPrograms, ...operatorPrograms]),
  test: jest([...ofServices, ...ofShop]),
  e2e: jest(['e2e'], oneAtATime),
  ...Object.fromEntries(ofServices.map((name) => [`test:${name}`, jest([name])])),
  ...Object.fromEntries(ofShop.map((name) => [`test:${name}`, jest([name], oneAtATime)])),
  chaos: ['tests/dist/chaos/main.js', ...args],
  mutations: ['tests/dist/chaos/mutations/main.js', ...args],
  bench: ['tests/dist/bench/main.js', ...args],
  'check:previous-release': ['tests/dist/previous-release/main.js', ...args],
  dashboards: ['packages/dashboards/dist/main.js', ...args],
  'check:k8s': ['packages/kubernetes-checks/dist/main.js', ...args],
  stack: [...envFile, 'tests/dist/containers/main.js', ...args],
  containers: [...envFile, ...jest(['containers'], oneAtATime)],
  'e2e:k8s': ['tests/dist/kubernetes/main.js', ...args],
  lint: ['tools/lint.mjs', ...args],
  generate: ['tools/generate.mjs', ...args],
  'schema:check': ['tools/schema.mjs', 'check', ...args],
  'schema:release': ['tools/schema.mjs', 'release', ...args],
  new: ['tools/new.mjs', ...args],
  // npm reports a peer of @apollo/gateway's dependencies that they work without. Without
  // --output-reproducible, because actions/attest-sbom requires the serial number that it omits.
  sbom: [
    ...['node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js', '--ignore-npm-errors'],
    ...['--omit', 'dev', '--output-file', 'artifacts/sbom.cdx.json', ...args],
  ],
};
/** Programs that read sources only. `generate` builds later, because the code may need its files. */
const withoutBuild = ['generate', 'schema:check', 'schema:release', 'sbom'];
const isStack = command === 'start' || command === 'dev';

/** The runs of the command; those of `npm test` have separate reports and logs. */
function runsOf(program) {
  const testRun = (name, nodeArgs) => ({
    nodeArgs,
    env: { JEST_JUNIT_OUTPUT_NAME: `junit-${name}.xml`, TEST_RUN: name },
  });
  if (command !== 'test' || args.length > 0) return [{ nodeArgs: program }];
  return [testRun('services', jest(ofServices)), testRun('shop', jest(ofShop, oneAtATime))];
}

/** The options of `start` and `dev`. @throws PreparationError for an unknown option */
function readStackOptions() {
  const options = { fresh: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new PreparationError(`${error.message}. See npm start -- --help`);
  }
}

async function run() {
  const program = programs[command];
  if (!program) throw new PreparationError(`A program name is required: ${Object.keys(programs).join(', ')}`);
  if (isStack && readStackOptions().help) return process.stdout.write(stackUsage);
  if ([...stackPrograms, ...operatorPrograms].some(([name]) => name === command)) checkSettings(process.env);
  await prepare({ build: !withoutBuild.includes(command) });
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  // The end of the IPC channel notifies the stack that this process has ended, even by SIGKILL.
  const stdio = ['inherit', 'inherit', 'inherit', ...(isStack ? ['ipc'] : [])];
  for (const { nodeArgs, env } of runsOf(program)) {
    const code = await runProgram(projectNode, nodeArgs, { env: { ...env, PATH: path }, stdio });
    process.exitCode ||= code;
    const isKilled = code > 128;
    if (isKilled) break;
  }
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof PreparationError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}

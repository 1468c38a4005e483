import { writeFileSync } from 'node:fs';
import {
  adminPassword,
  buildImage,
  compose,
  imageLabels,
  imageSize,
  removeContainers,
  requireEngine,
  startContainers,
} from '@shop/local-stack/containers';
import { StackError } from '@shop/local-stack/operate';
import { killEach } from './kill-each';
import { smoke } from './smoke';

const usage = `Usage: npm run stack -- <command>

Runs the shop in containers (docker/compose.yaml).

Commands
  build                     builds the image
  build-args <file>         writes the build arguments of this commit, for another builder
  up [--observability]      builds the image if it does not exist, starts everything, waits until it is ready
  down [--volumes]          stops and removes the containers; --volumes deletes data and secrets, too
  logs [<service> …]        the latest lines of the services
  admin-password            prints the administrator's password
  smoke                     buys through GraphQL and REST, has a payment declined, and reconciles
  kill-each                 kills every container once under load, and reconciles
`;

const print = (line: string) => void process.stdout.write(`${line}\n`);

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  build,
  'build-args': writeBuildArgs,
  up,
  down: (args) => removeContainers({ isDataRemoved: args.includes('--volumes') }),
  logs: (args) => compose(['logs', '--tail', '200', ...args]),
  'admin-password': async () => print(await adminPassword()),
  smoke: () => smoke(print),
  'kill-each': () => killEach(print),
};

async function build(): Promise<void> {
  const startMs = performance.now();
  await buildImage();
  const { base, addedBytes } = await imageSize();
  print(`Built in ${secondsSince(startMs)} s: ${Math.ceil(addedBytes / 1e6)} MB of layers over ${base}`);
}

// Into a file, because the runner may print what it builds first.
async function writeBuildArgs([file]: readonly string[]): Promise<void> {
  if (!file) throw new StackError('Name the file: npm run stack -- build-args artifacts/build-args');
  const lines = Object.entries(imageLabels()).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''));
}

async function up(args: readonly string[]): Promise<void> {
  const startMs = performance.now();
  const url = await startContainers(args.includes('--observability') ? ['observability'] : []);
  print(`\nThe gateway is ready (after ${secondsSince(startMs)} s): ${url}`);
  // The output may be stored, so it does not contain the password.
  const email = process.env['ADMIN_EMAIL'] || 'admin@shop.example';
  print(`Administrator: ${email}; its password: npm run stack -- admin-password`);
}

const secondsSince = (startMs: number) => ((performance.now() - startMs) / 1_000).toFixed(1);

async function main([name = '', ...args]: readonly string[]): Promise<void> {
  if (name === '--help') return print(usage);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    process.stderr.write(`Unknown command: ${name || '(none)'}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (name !== 'build-args') requireEngine();
  await command(args);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error instanceof StackError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});

import {
  adminPassword,
  buildImage,
  compose,
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
  up [--observability]      builds the image if it does not exist, starts everything, waits until it is ready
  down [--volumes]          stops and removes the containers; --volumes deletes data and secrets, too
  logs [<service> …]        the latest lines of the services
  smoke                     buys through GraphQL and REST, has a payment declined, and reconciles
  kill-each                 kills every container once under load, and reconciles
`;

const print = (line: string) => void process.stdout.write(`${line}\n`);

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  build: () => buildImage(),
  up,
  down: (args) => removeContainers({ isDataRemoved: args.includes('--volumes') }),
  logs: (args) => compose(['logs', '--tail', '200', ...args]),
  smoke: () => smoke(print),
  'kill-each': () => killEach(print),
};

async function up(args: readonly string[]): Promise<void> {
  const startMs = performance.now();
  const url = await startContainers(args.includes('--observability') ? ['observability'] : []);
  print(`\nThe shop is open (ready in ${((performance.now() - startMs) / 1_000).toFixed(1)} s): ${url}`);
  print(`Admin: ${process.env['ADMIN_EMAIL'] ?? 'admin@shop.example'}  ${await adminPassword()}`);
}

async function main([name = '', ...args]: readonly string[]): Promise<void> {
  if (name === '--help') return print(usage);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    process.stderr.write(`Unknown command: ${name || '(none)'}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  requireEngine();
  await command(args);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error instanceof StackError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});

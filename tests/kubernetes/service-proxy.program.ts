import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * The virtual address of a Service, as a process in a container: a new connection goes to one of the ready pods;
 * connections that exist stay. A line of standard input replaces the endpoints: `{"4001": ["172.18.0.3:4001"]}`.
 */
let endpoints: Readonly<Record<string, readonly string[]>> = {};
let connections = 0;

function listen(port: string): void {
  createServer((client) => {
    const ready = endpoints[port] ?? [];
    const [host, target] = ready[connections++ % Math.max(1, ready.length)]?.split(':') ?? [];
    if (host === undefined) {
      client.resetAndDestroy();
      return;
    }
    const pod = connect({ host, port: Number(target) });
    client.on('error', () => pod.destroy()).pipe(pod);
    pod.on('error', () => client.resetAndDestroy()).pipe(client);
  }).listen(Number(port), () => process.stdout.write(`${port}\n`));
}

process.on('SIGTERM', () => process.exit(0));
// Run by `node -e`: there is no file name among the arguments.
process.argv.slice(1).forEach(listen);
createInterface(process.stdin).on('line', (line) => {
  endpoints = JSON.parse(line) as typeof endpoints;
});

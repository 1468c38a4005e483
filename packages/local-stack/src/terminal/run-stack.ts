import { parseArgs } from 'node:util';
import { inheritedEnvironment, loadStackConfig, requireFreePorts } from '../config';
import { chooseMetricsPorts } from '../metrics-ports';
import { serviceNames } from '../services';
import { startStack, type Stack, type StackOptions } from '../stack';
import { exitWith, StackError } from '../stack-error';
import { isAlarming, prettyLog } from './pretty-log';
import { showProgress } from './progress';
import { onStopSignal } from './stop-signals';

const { stdout } = process;

/**
 * Starts a stack from the environment and the arguments (`--fresh`), and logs it to the terminal until a
 * signal stops it. Exits if the start fails.
 */
export async function runStack(args: readonly string[]): Promise<Stack> {
  // A closed terminal must not interrupt the shutdown.
  stdout.on('error', () => undefined);
  const interrupt = new AbortController();
  let stack: Stack | undefined;
  onStopSignal(() => {
    if (stack) void stopAndExit(stack);
    else interrupt.abort(new StackError('Stopped before it was ready.'));
  });
  try {
    const { values: options } = parseArgs({ args: [...args], options: { fresh: { type: 'boolean' } } });
    const config = loadStackConfig(inheritedEnvironment);
    await requireFreePorts(config);
    const { METRICS_PORT: metricsPort, METRICS_HOST: metricsHost } = inheritedEnvironment;
    const metricsPorts = metricsPort ? {} : await chooseMetricsPorts(metricsHost || '127.0.0.1');
    stack = await startShowing({ ...config, ...options, metricsPorts, signal: interrupt.signal });
    if (interrupt.signal.aborted) await stopAndExit(stack);
    return stack;
  } catch (error) {
    return exitWith(error);
  }
}

async function startShowing(options: StackOptions): Promise<Stack> {
  const startMs = performance.now();
  const progress = showProgress(stdout);
  let isOpen = false;
  const stack = await startStack({
    ...options,
    onStep: progress.step,
    onNotice: progress.note,
    onLog(service, line) {
      if (isOpen || isAlarming(line)) progress.note(prettyLog(service, line, stdout.isTTY));
    },
  });
  progress.done();
  isOpen = true;
  stdout.write(banner(stack, (performance.now() - startMs) / 1_000, options.metricsPorts ?? {}));
  return stack;
}

async function stopAndExit(stack: Stack): Promise<void> {
  stdout.write('\nStopping (press Ctrl-C again to stop immediately) …\n');
  try {
    await stack.stop();
    stdout.write('Stopped.\n');
    process.exit(0);
  } catch (error) {
    exitWith(error);
  }
}

/** URLs and commands shown after the start. */
function banner(
  stack: Stack,
  seconds: number,
  metricsPorts: NonNullable<StackOptions['metricsPorts']>,
): string {
  const { gatewayUrl, admin } = stack;
  return [
    '',
    `The shop is open (ready in ${seconds.toFixed(1)} s).`,
    '',
    `  GraphQL and Sandbox   ${gatewayUrl}/graphql`,
    `  Explorer (offline)    ${gatewayUrl}/graphiql`,
    `  GraphQL schema        ${gatewayUrl}/schema.graphql`,
    `  REST                  ${gatewayUrl}/v1/products`,
    `  REST documentation    ${gatewayUrl}/docs`,
    `  Admin                 ${admin.email}  ${admin.password}`,
    `  Data and logs         ${stack.dataDir}`,
    ...metricsLine(metricsPorts),
    '',
    'Try:',
    `  curl -XPOST ${gatewayUrl}/v1/auth/register -H 'Content-Type: application/json' \\`,
    `    -d '{"email":"a@b.co","password":"P@ssw0rd"}'`,
    '',
    'Ctrl-C stops everything; the data stays for the next `npm start`.',
    '',
    '',
  ].join('\n');
}

/** With METRICS_PORT, the operator knows the ports. */
function metricsLine(ports: NonNullable<StackOptions['metricsPorts']>): string[] {
  const listed = serviceNames.flatMap((name) => (ports[name] === undefined ? [] : `${name} ${ports[name]}`));
  return listed.length === 0 ? [] : [`  /metrics on port      ${listed.join(', ')}`];
}

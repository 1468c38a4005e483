import { inheritedEnvironment, loadStackConfig, requireFreePorts } from '../config';
import { StackError } from '../stack-error';
import { startStack, type Stack, type StackOptions } from '../stack';
import { banner } from './banner';
import { exitWith } from './exit';
import { isAlarming, prettyLog } from './pretty-log';
import { showProgress } from './progress';
import { onStopSignal } from './stop-signals';

const { stdout } = process;

/**
 * Starts a stack from the environment and the command line, and logs it to the terminal until a
 * signal stops it. Exits if the start fails.
 */
export async function runStack(): Promise<Stack> {
  // A closed terminal must not interrupt the shutdown.
  stdout.on('error', () => undefined);
  const interrupt = new AbortController();
  let stack: Stack | undefined;
  onStopSignal(() => {
    if (stack) void stopAndExit(stack);
    else interrupt.abort(new StackError('Stopped before it was ready.'));
  });
  try {
    const fresh = isFresh(process.argv.slice(2));
    const config = loadStackConfig(inheritedEnvironment);
    await requireFreePorts(config);
    stack = await startShowing({ ...config, fresh, signal: interrupt.signal });
    if (interrupt.signal.aborted) await stopAndExit(stack);
    return stack;
  } catch (error) {
    return exitWith(error);
  }
}

function isFresh(args: readonly string[]): boolean {
  const unknown = args.filter((arg) => arg !== '--fresh');
  if (unknown.length > 0)
    throw new StackError(
      `Unknown option: ${unknown.join(' ')}. Options: --fresh, which starts with empty data`,
    );
  return args.length > 0;
}

async function startShowing(options: StackOptions): Promise<Stack> {
  const begunMs = performance.now();
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
  stdout.write(banner(stack, (performance.now() - begunMs) / 1_000));
  return stack;
}

async function stopAndExit(stack: Stack): Promise<void> {
  stdout.write('\nStopping (Ctrl-C again ends everything at once) …\n');
  try {
    await stack.stop();
    stdout.write('Stopped.\n');
    process.exit(0);
  } catch (error) {
    exitWith(error);
  }
}

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
 * Starts a stack as the environment says and shows it on the terminal, until a signal stops it. Ends the process when
 * it cannot be started.
 */
export async function runStack(options: { fresh?: boolean } = {}): Promise<Stack> {
  const interrupt = new AbortController();
  let stack: Stack | undefined;
  onStopSignal(() => {
    if (stack) void stopAndExit(stack);
    else interrupt.abort(new StackError('Stopped before it was ready.'));
  });
  try {
    const config = loadStackConfig(inheritedEnvironment);
    await requireFreePorts(config);
    stack = await startShowing({ ...config, fresh: options.fresh ?? false, signal: interrupt.signal });
    return stack;
  } catch (error) {
    return exitWith(error);
  }
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

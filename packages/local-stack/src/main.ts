import { ConfigError } from '@shop/kit/config';
import { loadStackConfig, requireFreePorts, type StackConfig } from './config';
import { StackError } from './stack-error';
import { startStack, type ServiceName, type Stack } from './stack';
import { banner, isAlarming, prettyLog, showProgress } from './terminal';

/** Signals closer together than this are one press of Ctrl-C: the terminal sends it, and npm passes it on once more. */
const samePressMs = 500;

const { stdout } = process;

async function main(): Promise<void> {
  const isFresh = process.argv.slice(2).includes('--fresh');
  const config = loadStackConfig(process.env);
  await requireFreePorts(config);
  const interrupt = new AbortController();
  let stack: Stack | undefined;
  onStopSignal(() => {
    if (!stack) return interrupt.abort(new StackError('Stopped before it was ready.'));
    void stopAndExit(stack);
  });
  stack = await start(config, isFresh, interrupt.signal);
}

async function start(config: StackConfig, fresh: boolean, signal: AbortSignal): Promise<Stack> {
  const begunMs = performance.now();
  const progress = showProgress(stdout);
  let isOpen = false;
  const stack = await startStack({
    ...config,
    fresh,
    signal,
    onStep: progress.step,
    onNotice: progress.note,
    onLog(service: ServiceName, line: string) {
      if (isOpen || isAlarming(line)) progress.note(prettyLog(service, line, stdout.isTTY));
    },
  });
  progress.done();
  isOpen = true;
  stdout.write(banner(stack, (performance.now() - begunMs) / 1_000));
  return stack;
}

/** The first signal stops in order, the second at once. */
function onStopSignal(stop: () => void): void {
  let firstMs: number | undefined;
  const take = () => {
    const nowMs = performance.now();
    if (firstMs === undefined) {
      firstMs = nowMs;
      stop();
    } else if (nowMs - firstMs > samePressMs) {
      // The services end with their IPC channel and PostgreSQL by its warden.
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, take);
}

async function stopAndExit(stack: Stack): Promise<void> {
  stdout.write('\nStopping (Ctrl-C again ends everything at once) …\n');
  try {
    await stack.stop();
    stdout.write('Stopped.\n');
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): never {
  const isExpected = error instanceof StackError || error instanceof ConfigError;
  process.stderr.write(`\n${isExpected ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
}

main().catch(fail);

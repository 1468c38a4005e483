import { createRestartGate } from './restart-gate';

const starting = '10:00:00 - File change detected. Starting incremental compilation...';
const found = (errors: number) => `10:00:01 - Found ${errors} errors. Watching for file changes.`;

function gate() {
  const restarts: (readonly string[])[] = [];
  return { restarts, ...createRestartGate<string>((names) => restarts.push(names)) };
}

describe('npm run dev', () => {
  afterEach(() => jest.useRealTimers());

  it('restarts a service when the compiler has found no error', () => {
    const { restarts, onCompilerLine, codeChanged } = gate();
    onCompilerLine(starting);
    codeChanged(['order']);
    expect(restarts).toEqual([]);
    onCompilerLine(found(0));
    expect(restarts).toEqual([['order']]);
  });

  it('restarts a service whose file changes are detected after the compiler has finished', () => {
    const { restarts, onCompilerLine, codeChanged } = gate();
    onCompilerLine(starting);
    onCompilerLine(found(0));
    codeChanged(['order']);
    expect(restarts).toEqual([['order']]);
  });

  it('restarts a service whose types were generated only after a later compilation without errors', () => {
    jest.useFakeTimers({ now: 1_000 });
    const { restarts, onCompilerLine, codeChanged } = gate();
    onCompilerLine(starting);
    onCompilerLine(found(0));
    codeChanged(['order'], 2_000);
    // The build still contains the old code, even if other files of the service were written.
    codeChanged(['order', 'user']);
    expect(restarts).toEqual([['user']]);
    jest.setSystemTime(2_000);
    onCompilerLine(starting);
    onCompilerLine(found(2));
    expect(restarts).toEqual([['user']]);
    onCompilerLine(starting);
    onCompilerLine(found(0));
    expect(restarts).toEqual([['user'], ['order']]);
  });

  it('restarts nothing after a compile error, and all changed services once it is fixed', () => {
    const { restarts, onCompilerLine, codeChanged } = gate();
    onCompilerLine(starting);
    codeChanged(['order', 'payment']);
    onCompilerLine('10:00:01 - Found 1 error. Watching for file changes.');
    codeChanged(['user']);
    expect(restarts).toEqual([]);
    onCompilerLine(starting);
    codeChanged(['order']);
    onCompilerLine(found(0));
    expect(restarts).toEqual([['order', 'payment', 'user']]);
  });
});

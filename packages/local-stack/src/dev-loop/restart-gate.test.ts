import { createRestartGate } from './restart-gate';

const starting = '10:00:00 - File change detected. Starting incremental compilation...';
const found = (errors: number) => `10:00:01 - Found ${errors} errors. Watching for file changes.`;

function gate() {
  const restarts: (readonly string[])[] = [];
  return { restarts, ...createRestartGate<string>((names) => restarts.push(names)) };
}

describe('npm run dev', () => {
  it('restarts a service when the compiler has found no error', () => {
    const { restarts, compilerSays, codeChanged } = gate();
    compilerSays(starting);
    codeChanged(['order']);
    expect(restarts).toEqual([]);
    compilerSays(found(0));
    expect(restarts).toEqual([['order']]);
  });

  it('restarts a service whose file changes are detected after the compiler has finished', () => {
    const { restarts, compilerSays, codeChanged } = gate();
    compilerSays(starting);
    compilerSays(found(0));
    codeChanged(['order']);
    expect(restarts).toEqual([['order']]);
  });

  it('restarts no service while the code does not compile, and every changed one once it does', () => {
    const { restarts, compilerSays, codeChanged } = gate();
    compilerSays(starting);
    codeChanged(['order', 'payment']);
    compilerSays('10:00:01 - Found 1 error. Watching for file changes.');
    codeChanged(['user']);
    expect(restarts).toEqual([]);
    compilerSays(starting);
    codeChanged(['order']);
    compilerSays(found(0));
    expect(restarts).toEqual([['order', 'payment', 'user']]);
  });
});

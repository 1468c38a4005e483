import { SharedReads } from './next-action.service';

describe('SharedReads', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const limits = { keepMs: 1_000, maximumInProgress: 2, maximumKept: 2 };
  const create = () => new SharedReads<string>(limits, () => new Error('too many'));
  const pending = () => new Promise<string>(() => undefined);

  it('calls once for concurrent and repeated reads of a key, and again after keepMs', async () => {
    const reads = create();
    const call = jest.fn(() => Promise.resolve('result'));
    expect(await Promise.all([reads.read('a', call), reads.read('a', call)])).toEqual(['result', 'result']);
    await jest.advanceTimersByTimeAsync(999);
    await reads.read('a', call);
    expect(call).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1);
    await reads.read('a', call);
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('shares a read while it is in progress', async () => {
    const reads = create();
    const call = jest.fn(pending);
    void reads.read('a', call);
    await jest.advanceTimersByTimeAsync(60_000);
    void reads.read('a', call);
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('shares an error like a result', async () => {
    const reads = create();
    const call = jest.fn(() => Promise.reject(new Error('no response')));
    await expect(reads.read('a', call)).rejects.toThrow('no response');
    await expect(reads.read('a', call)).rejects.toThrow('no response');
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('rejects a read of another key while maximumInProgress reads are in progress', async () => {
    const reads = create();
    void reads.read('a', pending);
    let end: (result: string) => void = () => undefined;
    const ending = reads.read('b', () => new Promise((resolve) => (end = resolve)));
    await expect(reads.read('c', () => Promise.resolve('result'))).rejects.toThrow('too many');
    end('result');
    await ending;
    await expect(reads.read('c', () => Promise.resolve('result'))).resolves.toBe('result');
  });

  it('keeps at most maximumKept results', async () => {
    const reads = create();
    const call = jest.fn(() => Promise.resolve('result'));
    for (const key of ['a', 'b', 'c']) await reads.read(key, call);
    await reads.read('a', call);
    expect(call).toHaveBeenCalledTimes(3);
    await reads.read('c', call);
    expect(call).toHaveBeenCalledTimes(4);
  });
});

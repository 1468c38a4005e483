import { getEventListeners } from 'node:events';
import { withTimeLimit } from '.';

const untilAborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'));
  });

describe('Work with a time limit', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is aborted when the time limit is reached, not before', async () => {
    const onEnd = jest.fn();
    const work = withTimeLimit(1_000, undefined, untilAborted).then(onEnd);
    await jest.advanceTimersByTimeAsync(999);
    expect(onEnd).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(onEnd).toHaveBeenCalledWith('aborted');
    await work;
  });

  it('is aborted with an earlier signal, also one that was aborted before the start', async () => {
    const client = new AbortController();
    const work = withTimeLimit(1_000, client.signal, untilAborted);
    client.abort();
    await expect(work).resolves.toBe('aborted');
    await expect(withTimeLimit(1_000, client.signal, untilAborted)).resolves.toBe('aborted');
  });

  it.each([
    ['with success', () => Promise.resolve('done')],
    ['with an error', () => Promise.reject(new Error('broken'))],
  ])('removes its timer and listener when it ends %s', async (_how, work) => {
    const client = new AbortController();
    await withTimeLimit(1_000, client.signal, work).catch(() => undefined);
    expect(jest.getTimerCount()).toBe(0);
    expect(getEventListeners(client.signal, 'abort')).toHaveLength(0);
  });
});

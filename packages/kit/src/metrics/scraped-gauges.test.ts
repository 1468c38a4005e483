import { exposition } from './exposition';
import { onFailedReadings, registerGauges } from './scraped-gauges';

const valueOf = async (name: string) =>
  (await exposition()).text.split('\n').find((line) => line.startsWith(`${name} `));

const linesOf = async (start: string) =>
  (await exposition()).text.split('\n').filter((line) => line.startsWith(start));

/** Failed readings before this scrape or in it, depending on the order of the metrics. */
const failuresOf = async (reader: string) =>
  Number((await linesOf(`metrics_read_failures_total{reader="${reader}"}`))[0]?.split(' ')[1]);

describe('A gauge that is read on scrape', () => {
  it('is read once for all scrapes while it is fresh', async () => {
    const read = jest.fn(async () => ({ shop_a: 7, shop_b: 8 }));
    registerGauges({ reader: 'a', gauges: { shop_a: 'A.', shop_b: 'B.' }, read });
    expect(await Promise.all([valueOf('shop_a'), valueOf('shop_b')])).toEqual(['shop_a 7', 'shop_b 8']);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('is omitted if it cannot be read, and the failure is counted', async () => {
    registerGauges({
      reader: 'c',
      gauges: { shop_c: 'C.' },
      read: () => Promise.reject(new Error('unavailable')),
    });
    expect(await valueOf('shop_c')).toBeUndefined();
    expect(await failuresOf('c')).toBe(1);
  });

  it('counts and reports a failed reading once, however many gauges it has', async () => {
    const listener = jest.fn();
    onFailedReadings(listener);
    const error = new Error('unavailable');
    const gauges = { shop_j: 'J.', shop_k: 'K.', shop_l: 'L.' };
    registerGauges({ reader: 'j', gauges, read: () => Promise.reject(error) });
    expect(await failuresOf('j')).toBe(0);
    expect(await failuresOf('j')).toBe(1);
    expect(listener.mock.calls.filter(([reader]) => reader === 'j')).toEqual(Array(2).fill(['j', error]));
  });

  it('counts a reading that is late for several scrapes and fails later once', async () => {
    let fail: (error: Error) => void = () => undefined;
    const read = jest.fn(async () => ({ shop_m: 1 }));
    read.mockReturnValueOnce(new Promise((_resolve, reject) => (fail = reject)));
    registerGauges({ reader: 'm', gauges: { shop_m: 'M.' }, read, timeoutMs: 1, readTimeoutMs: 60_000 });
    for (const _scrape of [1, 2, 3]) await valueOf('shop_m');
    fail(new Error('connection lost'));
    await new Promise(setImmediate);
    expect(await failuresOf('m')).toBe(1);
  });

  it('does not delay a scrape, and is read once however long it takes', async () => {
    const read = jest.fn(() => new Promise<never>(() => undefined));
    registerGauges({ reader: 'd', gauges: { shop_d: 'D.' }, read, timeoutMs: 1, readTimeoutMs: 100 });
    expect([await valueOf('shop_d'), await valueOf('shop_d')]).toEqual([undefined, undefined]);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('is exported at the next scrape after a reading that failed', async () => {
    const read = jest.fn(async () => ({ shop_f: 6 }));
    read.mockRejectedValueOnce(new Error('statement timeout'));
    registerGauges({ reader: 'f', gauges: { shop_f: 'F.' }, read });
    expect([await valueOf('shop_f'), await valueOf('shop_f')]).toEqual([undefined, 'shop_f 6']);
  });

  it('is exported at the next scrape after a reading that never ended', async () => {
    const read = jest.fn(async () => ({ shop_g: 7 }));
    read.mockReturnValueOnce(new Promise<never>(() => undefined));
    registerGauges({ reader: 'g', gauges: { shop_g: 'G.' }, read, timeoutMs: 1, readTimeoutMs: 2 });
    let value: string | undefined;
    while (value === undefined) value = await valueOf('shop_g');
    expect(value).toBe('shop_g 7');
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('exports the last late reading if each is too late for its own scrape', async () => {
    let finish: (value: { shop_h: number }) => void = () => undefined;
    const read = jest.fn(() => new Promise<{ shop_h: number }>((resolve) => (finish = resolve)));
    registerGauges({
      reader: 'h',
      gauges: { shop_h: 'H.' },
      read,
      timeoutMs: 1,
      freshMs: 0,
      readTimeoutMs: 100,
    });
    const scrapes: (string | undefined)[] = [];
    for (let value = 1; value <= 3; value += 1) {
      scrapes.push(await valueOf('shop_h'));
      finish({ shop_h: value });
      await new Promise(setImmediate);
    }
    expect(scrapes).toEqual([undefined, 'shop_h 1', 'shop_h 2']);
    expect(read).toHaveBeenCalledTimes(3);
  });

  it('with a label has one value per key of the reading, and removes the values of missing keys', async () => {
    const read = jest.fn(async (): Promise<{ shop_i: Record<string, number> }> => ({
      shop_i: { a: 1, b: 2 },
    }));
    registerGauges({ reader: 'i', gauges: { shop_i: 'I.' }, label: 'name', read, freshMs: 0 });
    expect(await linesOf('shop_i{')).toEqual(['shop_i{name="a"} 1', 'shop_i{name="b"} 2']);
    read.mockResolvedValueOnce({ shop_i: { b: 3 } });
    expect(await linesOf('shop_i{')).toEqual(['shop_i{name="b"} 3']);
    read.mockResolvedValueOnce({ shop_i: {} });
    expect(await linesOf('shop_i{')).toEqual([]);
  });

  it('is omitted while it has no value', async () => {
    registerGauges({ reader: 'e', gauges: { shop_e: 'E.' }, read: async () => ({ shop_e: null }) });
    expect(await valueOf('shop_e')).toBeUndefined();
  });
});

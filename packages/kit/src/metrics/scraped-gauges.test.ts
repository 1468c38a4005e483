import { exposition } from './registry';
import { exposeGauges } from './scraped-gauges';

const valueOf = async (name: string) =>
  (await exposition()).text.split('\n').find((line) => line.startsWith(`${name} `));

describe('A gauge that is read when somebody looks', () => {
  it('is read once for all scrapes while it is fresh', async () => {
    const read = jest.fn(async () => ({ shop_a: 7, shop_b: 8 }));
    exposeGauges({ gauges: { shop_a: 'A.', shop_b: 'B.' }, read });
    expect(await Promise.all([valueOf('shop_a'), valueOf('shop_b')])).toEqual(['shop_a 7', 'shop_b 8']);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('is left out when it cannot be read, and that is counted', async () => {
    exposeGauges({ gauges: { shop_c: 'C.' }, read: () => Promise.reject(new Error('away')) });
    expect(await valueOf('shop_c')).toBeUndefined();
    expect(await valueOf('metrics_read_failures_total')).toBe('metrics_read_failures_total 1');
  });

  it('keeps no scrape waiting, and is asked once however long it takes', async () => {
    const read = jest.fn(() => new Promise<never>(() => undefined));
    exposeGauges({ gauges: { shop_d: 'D.' }, read, timeoutMs: 1 });
    expect([await valueOf('shop_d'), await valueOf('shop_d')]).toEqual([undefined, undefined]);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('is left out while there is nothing to tell', async () => {
    exposeGauges({ gauges: { shop_e: 'E.' }, read: async () => ({ shop_e: null }) });
    expect(await valueOf('shop_e')).toBeUndefined();
  });
});

import { passOn, type Sampler, samplerOf } from './sampler';
import { newTraceId } from './traceparent';

const [low, high] = [`${'f'.repeat(19)}${'0'.repeat(13)}`, 'f'.repeat(32)];

function sampler(name?: string, argument?: string): { sampler: Sampler; warnings: string[] } {
  const warnings: string[] = [];
  const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument };
  return { sampler: samplerOf(env, (message) => warnings.push(message)), warnings };
}

/** Whether a new trace, one that a caller records and one that it does not record are recorded. */
function decisions({ start, continue: next }: Sampler): boolean[] {
  return [start(high, true), next(high, true), next(high, false)];
}

describe('samplerOf', () => {
  it.each([
    [undefined, undefined, [true, true, false]],
    ['', '', [true, true, false]],
    ['always_on', undefined, [true, true, true]],
    ['always_off', undefined, [false, false, false]],
    ['traceidratio', '0.5', [false, false, false]],
    ['traceidratio', '1', [true, true, true]],
    ['traceidratio', undefined, [true, true, true]],
    ['parentbased_always_on', undefined, [true, true, false]],
    ['parentbased_always_off', undefined, [false, true, false]],
    ['parentbased_traceidratio', '0.5', [false, true, false]],
    ['parentbased_traceidratio', '0', [false, true, false]],
  ])('%s with %s: new, recorded by the caller, not recorded by the caller', (name, argument, expected) => {
    const { sampler: chosen, warnings } = sampler(name, argument);
    expect(decisions(chosen)).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['sometimes', undefined],
    ['parentbased_', undefined],
    ['constructor', undefined],
    ['traceidratio', '2'],
    ['traceidratio', '-0.1'],
    ['traceidratio', 'half'],
  ])('warns of %s with %s, and records as by default', (name, argument) => {
    const { sampler: chosen, warnings } = sampler(name, argument);
    expect(chosen.start(high, true)).toBe(true);
    expect(warnings).toHaveLength(1);
  });

  it('traceidratio decides by the end of the trace ID, the same in each service', () => {
    const { start, continue: next } = sampler('traceidratio', '0.01').sampler;
    expect([start(low, true), next(low, false), start(high, true), next(high, true)]).toEqual([
      ...[true, true, false, false],
    ]);
  });

  it('traceidratio records about that part of random traces', () => {
    const { start } = sampler('traceidratio', '0.25').sampler;
    const recorded = Array.from({ length: 4_000 }, () => start(newTraceId(), true)).filter(Boolean).length;
    // 1,000 expected; the standard deviation is 27.
    expect(recorded).toBeGreaterThan(800);
    expect(recorded).toBeLessThan(1_200);
  });

  it('traceidratio does not let a client choose with its trace ID', () => {
    const { start } = sampler('traceidratio', '0').sampler;
    expect(start(low, false)).toBe(false);
    const half = sampler('parentbased_traceidratio', '0.5').sampler;
    const recorded = Array.from({ length: 1_000 }, () => half.start(low, false));
    expect(new Set(recorded)).toEqual(new Set([true, false]));
  });
});

describe('passOn', () => {
  it('starts no trace and keeps the flag of the caller', () => {
    expect(decisions(passOn)).toEqual([false, true, false]);
  });
});

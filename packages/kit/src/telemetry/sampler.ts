/** Decides which traces are recorded, before any span exists. */
export interface Sampler {
  /** For a trace that starts here, or whose ID and flag a client has chosen. */
  start(traceId: string, isIdTrusted: boolean): boolean;
  /** For a trace of another service, by the flag that it sent. */
  continue(traceId: string, sampled: boolean): boolean;
}

/** Without an exporter: nothing is recorded here, and the flag of a caller is passed on. */
export const passOn: Sampler = { start: () => false, continue: (_traceId, sampled) => sampled };

const digits = 13;

/** The last 52 bits of a trace ID are random, and a number holds them exactly. */
function isWithin(ratio: number, traceId: string): boolean {
  return parseInt(traceId.slice(-digits), 16) < ratio * 16 ** digits;
}

const roots: Readonly<Record<string, (ratio: number) => Sampler['start']>> = {
  always_on: () => () => true,
  always_off: () => () => false,
  // A client that chooses its trace ID must not choose the decision with it.
  traceidratio: (ratio) => (traceId, isIdTrusted) =>
    isIdTrusted ? isWithin(ratio, traceId) : Math.random() < ratio,
};
const parentBased = 'parentbased_';
const defaultName = 'parentbased_always_on';

/**
 * The sampler that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). An unknown
 * name means the default, `parentbased_always_on`; an invalid ratio means 1; both with a warning.
 */
export function samplerOf(
  { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument }: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Sampler {
  const wanted = name?.trim() || defaultName;
  const isParentBased = wanted.startsWith(parentBased);
  const rootName = isParentBased ? wanted.slice(parentBased.length) : wanted;
  if (!Object.hasOwn(roots, rootName)) {
    warn(`OTEL_TRACES_SAMPLER is not a known sampler: ${defaultName} is used`);
    return samplerOf({}, warn);
  }
  const start = roots[rootName]!(rootName === 'traceidratio' ? ratioOf(argument, warn) : 1);
  return {
    start,
    continue: (traceId, sampled) => (isParentBased ? sampled : start(traceId, true)),
  };
}

function ratioOf(argument: string | undefined, warn: (message: string) => void): number {
  if (argument === undefined || argument.trim() === '') return 1;
  const ratio = Number(argument);
  if (ratio >= 0 && ratio <= 1) return ratio;
  warn('OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1: 1 is used');
  return 1;
}

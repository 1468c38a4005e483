import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createRandom } from '../random/random';
import { phaseNames, type PhaseName } from './phase-names';

export type DeclinePolicy = 'cancel' | 'retry';

/** Options of a chaos run. */
export interface ChaosOptions {
  size: 'small' | 'full';
  /** Determines the scenarios of the customers and the order of the faults. */
  seed: string;
  phases: readonly PhaseName[];
  /** The order service's PAYMENT_DECLINE. */
  decline: DeclinePolicy;
  clients: number;
  /** Minimum number of checkouts while processes are killed. */
  checkouts: number;
  /** Number of boundaries at which processes are killed; the seed selects them. */
  boundaries: number;
  /** Number of kills per commit, before and after it together. */
  killsPerCommit: number;
  /** Kills end after this time, even if their number was not reached. */
  killsLimitMs: number;
  /** Number of processes of each service in the phase `kills`. */
  killedReplicas: number;
  /** Longest time for which a process is stopped (SIGSTOP). */
  longestStopMs: number;
  /** Time for which PostgreSQL is stopped. */
  databaseStoppedMs: number;
  buyers: number;
  restartsOfEach: number;
  /** Directory for the report and the logs. */
  artifactsDir: string;
}

type Size = Omit<ChaosOptions, 'seed' | 'size' | 'phases' | 'decline' | 'artifactsDir'>;

const sizes: Record<ChaosOptions['size'], Size> = {
  small: {
    clients: 8,
    checkouts: 5,
    boundaries: 5,
    killsPerCommit: 1,
    killsLimitMs: 60_000,
    killedReplicas: 1,
    longestStopMs: 2_000,
    databaseStoppedMs: 2_000,
    buyers: 100,
    restartsOfEach: 1,
  },
  full: {
    clients: 32,
    checkouts: 5_000,
    boundaries: Infinity,
    killsPerCommit: 20,
    // An idle machine needs 25 minutes; a machine with shared processors can need an hour.
    killsLimitMs: 90 * 60_000,
    killedReplicas: 2,
    longestStopMs: 60_000,
    databaseStoppedMs: 30_000,
    buyers: 1_000,
    restartsOfEach: 10,
  },
};

/** Omitted in the small size, which is part of `npm test`, because `npm test` has other tests for them. */
const fullOnly: readonly PhaseName[] = ['rolling-restart', 'oversell'];

export const usage = `npm run chaos [-- options]

  --full                 the full size; takes 45 to 100 minutes (default: a small size)
  --seed <text>          repeats the faults and customers of the run with this seed (default: a new seed, which is printed)
  --phases <a,b>         of: ${phaseNames.join(', ')}
  --decline <policy>     PAYMENT_DECLINE of the shop, cancel or retry (default: the seed decides)
  --clients <n>  --checkouts <n>  --kills-per-commit <n>
  --artifacts <folder>   directory for chaos.json, chaos.md, chaos.svg and the services' logs (default: artifacts)
`;

/** @throws Error for an unknown or invalid option */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: 'boolean', default: false },
      seed: { type: 'string' },
      phases: { type: 'string' },
      decline: { type: 'string' },
      clients: { type: 'string' },
      checkouts: { type: 'string' },
      'kills-per-commit': { type: 'string' },
      artifacts: { type: 'string', default: 'artifacts' },
    },
  });
  const size = values.full ? 'full' : 'small';
  const defaults = sizes[size];
  const seed = values.seed ?? randomBytes(4).toString('hex');
  return {
    ...defaults,
    size,
    seed,
    decline: readDecline(values.decline, seed),
    phases: values.phases === undefined ? phasesOf(size) : readPhases(values.phases),
    clients: readCount('clients', values.clients, defaults.clients),
    checkouts: readCount('checkouts', values.checkouts, defaults.checkouts),
    killsPerCommit: readCount('kills-per-commit', values['kills-per-commit'], defaults.killsPerCommit),
    artifactsDir: values.artifacts,
  };
}

function phasesOf(size: ChaosOptions['size']): readonly PhaseName[] {
  return size === 'full' ? phaseNames : phaseNames.filter((name) => !fullOnly.includes(name));
}

function readPhases(text: string): PhaseName[] {
  return text.split(',').map((name) => {
    const known = phaseNames.find((phase) => phase === name.trim());
    if (!known) throw new Error(`Unknown phase "${name}": use one of ${phaseNames.join(', ')}`);
    return known;
  });
}

function readDecline(text: string | undefined, seed: string): DeclinePolicy {
  const policies = ['cancel', 'retry'] as const;
  if (text === undefined) return createRandom(seed).stream('decline').pick(policies);
  const known = policies.find((policy) => policy === text);
  if (!known) throw new Error(`--decline must be cancel or retry, not "${text}"`);
  return known;
}

function readCount(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`--${name} must be an integer of at least 1, not "${text}"`);
  return count;
}

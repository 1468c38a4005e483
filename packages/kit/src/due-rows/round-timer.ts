import { AsyncResource } from 'node:async_hooks';

/**
 * How a round ended. `full`: more rows may be due. `blocked`: nothing was claimed, because no slot
 * was free.
 */
export type RoundResult = 'full' | 'some' | 'empty' | 'blocked' | 'failed';

const shortestIdleMs = 500;
const longestIdleMs = 2_000;

/**
 * Runs `round`, never two at a time: after `wake`, and otherwise every 0.5 s, or every 2 s when
 * idle, with jitter.
 */
export class RoundTimer {
  isStopped = false;
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Infinity;
  private idleMs = shortestIdleMs;
  private lastStartAt = -Infinity;
  private running: Promise<void> | undefined;
  /** The start time that `wake` asked for during a round. */
  private wokenFor = Infinity;
  private isBlocked = false;
  /** Runs outside of the request that woke the poller: later rounds would belong to its trace. */
  private readonly startRound = AsyncResource.bind(() => this.start());

  constructor(
    private readonly round: () => Promise<RoundResult>,
    /** Shortest time between the starts of two rounds, in milliseconds. */
    private readonly spacingMs: () => number,
  ) {}

  /** Starts a round after the delay, unless an earlier one is planned. */
  wake(delayMs = 0): void {
    this.planAt(performance.now() + delayMs);
  }

  /** Call it when a slot becomes free: starts a round if the last one was blocked. */
  resume(): void {
    if (this.isBlocked) this.wake();
  }

  /** No further round starts; resolves when the running one has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private planAt(wantedAt: number, spacingMs = this.spacingMs()): void {
    if (this.isStopped) return;
    if (this.running) {
      this.wokenFor = Math.min(this.wokenFor, wantedAt);
      return;
    }
    const at = Math.max(wantedAt, this.lastStartAt + spacingMs);
    if (at >= this.dueAt) return;
    clearTimeout(this.timer);
    this.dueAt = at;
    this.timer = setTimeout(this.startRound, Math.max(0, at - performance.now()));
  }

  private start(): void {
    this.dueAt = Infinity;
    this.lastStartAt = performance.now();
    this.running = this.run();
  }

  private async run(): Promise<void> {
    const result = await this.round();
    this.running = undefined;
    const { wokenFor } = this;
    this.wokenFor = Infinity;
    this.isBlocked = result === 'blocked';
    this.idleMs =
      result === 'empty' || result === 'failed' ? Math.min(longestIdleMs, this.idleMs * 2) : shortestIdleMs;
    // Jitter, so that the replicas of a service do not claim at the same time.
    const idleMs = this.idleMs * (0.75 + Math.random() / 2);
    this.planAt(Math.min(wokenFor, performance.now() + idleMs));
    // More rows may be due than one batch holds: waiting would not make the next batch larger.
    if (result === 'full') this.planAt(performance.now(), 0);
  }
}

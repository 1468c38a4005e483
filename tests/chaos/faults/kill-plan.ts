import type { Random } from '../random/random';
import type { Boundary } from './boundaries';

/** Which boundaries are next: those that want the most kills still, in an order that the seed decides. */
export class KillPlan {
  private readonly kills = new Map<string, number>();
  private readonly order: readonly Boundary[];
  private nextIndex = 0;

  constructor(
    boundaries: readonly Boundary[],
    private readonly killsPerCommit: number,
    random: Random,
  ) {
    this.order = random.shuffle(boundaries);
    for (const { name } of boundaries) this.kills.set(name, 0);
  }

  /** False while a boundary has had fewer kills than it was to have. */
  get isDone(): boolean {
    return this.order.every((boundary) => this.leftAt(boundary) <= 0);
  }

  /** @returns at most `count`; none when there is no boundary at all */
  next(count: number): Boundary[] {
    // In turn, so that one that is not reached does not hold up the others.
    const start = this.order.length === 0 ? 0 : this.nextIndex++ % this.order.length;
    const rotated = [...this.order.slice(start), ...this.order.slice(0, start)];
    const mostLeftFirst = rotated.toSorted((a, b) => this.leftAt(b) - this.leftAt(a));
    const unfinished = mostLeftFirst.filter((boundary) => this.leftAt(boundary) > 0);
    // Done, but wanted on: one at a time, so that the shop gets on.
    return unfinished.length > 0 ? unfinished.slice(0, count) : mostLeftFirst.slice(0, 1);
  }

  count({ name }: Boundary): void {
    this.kills.set(name, this.countOf(name) + 1);
  }

  /** Those that had fewer kills than they were to have, in words. */
  missing(): string[] {
    return this.order
      .filter((boundary) => this.leftAt(boundary) > 0)
      .map(
        (boundary) =>
          `${boundary.name}: ${this.countOf(boundary.name)} kills, ${this.wantedAt(boundary)} wanted`,
      );
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.kills);
  }

  /** Below 0 when it had more than it was to have. */
  private leftAt(boundary: Boundary): number {
    return this.wantedAt(boundary) - this.countOf(boundary.name);
  }

  private wantedAt({ share }: Boundary): number {
    return Math.ceil(this.killsPerCommit * share);
  }

  private countOf(name: string): number {
    return this.kills.get(name) ?? 0;
  }
}

import type { Random } from '../random/random';
import type { Boundary } from './boundaries';

/**
 * Selects the next boundaries: those with the most missing kills first, in an order that the seed
 * decides.
 */
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

  /** False while a boundary has fewer kills than required. */
  get isDone(): boolean {
    return this.order.every((boundary) => this.missingAt(boundary) <= 0);
  }

  /** @returns at most `count`; none if there are no boundaries */
  next(count: number): Boundary[] {
    // Round robin, so that a boundary that is not reached does not block the others.
    const start = this.order.length === 0 ? 0 : this.nextIndex++ % this.order.length;
    const rotated = [...this.order.slice(start), ...this.order.slice(0, start)];
    const mostMissingFirst = rotated.toSorted((a, b) => this.missingAt(b) - this.missingAt(a));
    const unfinished = mostMissingFirst.filter((boundary) => this.missingAt(boundary) > 0);
    // All done: one boundary at a time, so that checkouts make progress.
    return unfinished.length > 0 ? unfinished.slice(0, count) : mostMissingFirst.slice(0, 1);
  }

  count({ name }: Boundary): void {
    this.kills.set(name, this.countOf(name) + 1);
  }

  /** Descriptions of the boundaries with fewer kills than required. */
  missing(): string[] {
    return this.order
      .filter((boundary) => this.missingAt(boundary) > 0)
      .map(
        (boundary) =>
          `${boundary.name}: ${this.countOf(boundary.name)} kills, ${this.requiredAt(boundary)} required`,
      );
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.kills);
  }

  /** Negative if there were more kills than required. */
  private missingAt(boundary: Boundary): number {
    return this.requiredAt(boundary) - this.countOf(boundary.name);
  }

  private requiredAt({ share }: Boundary): number {
    return Math.ceil(this.killsPerCommit * share);
  }

  private countOf(name: string): number {
    return this.kills.get(name) ?? 0;
  }
}

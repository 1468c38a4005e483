import type { Random } from '../random/random';
import type { Boundary } from './boundaries';

/** Which boundaries are next: those with the fewest kills, in an order that the seed decides. */
export class KillPlan {
  private readonly kills = new Map<string, number>();
  private readonly order: readonly Boundary[];
  private turn = 0;

  constructor(
    boundaries: readonly Boundary[],
    private readonly killsEach: number,
    random: Random,
  ) {
    this.order = random.shuffle(boundaries);
    for (const { name } of boundaries) this.kills.set(name, 0);
  }

  /** False while a boundary has fewer kills than asked. */
  get isDone(): boolean {
    return this.order.every(({ name }) => this.countOf(name) >= this.killsEach);
  }

  /** @returns at most `count`; none when there is no boundary at all */
  next(count: number): Boundary[] {
    // In turn, so that one that is not reached does not hold up the others.
    const start = this.order.length === 0 ? 0 : this.turn++ % this.order.length;
    const inTurn = [...this.order.slice(start), ...this.order.slice(0, start)];
    const byKills = inTurn.toSorted((a, b) => this.countOf(a.name) - this.countOf(b.name));
    const unfinished = byKills.filter(({ name }) => this.countOf(name) < this.killsEach);
    // Done, but wanted on: one at a time, so that the shop gets on.
    return unfinished.length > 0 ? unfinished.slice(0, count) : byKills.slice(0, 1);
  }

  count({ name }: Boundary): void {
    this.kills.set(name, this.countOf(name) + 1);
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.kills);
  }

  private countOf(name: string): number {
    return this.kills.get(name) ?? 0;
  }
}

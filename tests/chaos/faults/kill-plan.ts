import type { Random } from '../random/random';
import type { Boundary } from './boundaries';

/** Which boundary is next: always one of those with the fewest kills, in an order that the seed decides. */
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

  /** Undefined when there is no boundary at all. */
  next(): Boundary | undefined {
    const fewest = Math.min(...this.order.map(({ name }) => this.countOf(name)));
    const due = this.order.filter(({ name }) => this.countOf(name) === fewest);
    // In turn, so that one that is not reached does not hold up the others.
    return due[this.turn++ % due.length];
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

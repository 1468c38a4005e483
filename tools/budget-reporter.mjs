// A Jest reporter: prints the total time of the test files of each project and its budget.
export default class BudgetReporter {
  #budgets;
  #tookMs = new Map();

  /** @param {Record<string, number>} budgets minutes by project, summed over its files */
  constructor(_globalConfig, budgets) {
    this.#budgets = budgets;
  }

  onTestFileResult({ context }, { perfStats }) {
    const project = context.config.displayName.name;
    this.#tookMs.set(project, (this.#tookMs.get(project) ?? 0) + perfStats.runtime);
  }

  onRunComplete() {
    for (const [project, tookMs] of this.#tookMs) {
      const minutes = tookMs / 60_000;
      const budget = this.#budgets[project];
      const over = minutes > budget ? ' OVER BUDGET' : '';
      process.stderr.write(`${project}: ${minutes.toFixed(1)} of ${budget} minutes${over}\n`);
    }
  }
}

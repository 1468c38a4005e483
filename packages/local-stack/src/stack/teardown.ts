/** Cleanup steps, run in reverse order. */
export interface Teardown {
  /** Adds a step; returns a function that removes it. */
  add(undo: () => Promise<void> | void): () => void;
  /**
   * Runs each step once; a failed step does not prevent the others. A further call waits for the
   * first and runs the steps added since.
   *
   * @throws the first failure
   */
  run(): Promise<void>;
}

export function createTeardown(): Teardown {
  const steps: (() => Promise<void> | void)[] = [];
  let running = Promise.resolve();

  async function undoAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = steps.pop(); undo; undo = steps.pop()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  return {
    add(undo) {
      steps.push(undo);
      return () => {
        const index = steps.indexOf(undo);
        if (index >= 0) steps.splice(index, 1);
      };
    },
    run: () => (running = running.then(undoAll)),
  };
}

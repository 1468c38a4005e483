/** What has to be undone, the newest first. */
export interface Teardown {
  /**
   * Adds a step; returns a function that takes it out again, for something that has ended by
   * itself.
   */
  add(undo: () => Promise<void> | void): () => void;
  /**
   * Undoes everything, each step once; one that fails does not keep the others from running. Called
   * again, it waits for the first call and undoes what was added since.
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

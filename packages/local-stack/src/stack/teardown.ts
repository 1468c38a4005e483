/** Cleanup steps, run in reverse order. */
export interface Teardown {
  add(undo: () => Promise<void> | void): void;
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
    add: (undo) => void steps.push(undo),
    run: () => (running = running.then(undoAll)),
  };
}

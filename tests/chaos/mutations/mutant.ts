/** Replaces a text that occurs exactly once in the file. */
export interface Edit {
  file: string;
  find: string;
  replace: string;
}

/** The removal of one guard. */
export interface Mutant {
  name: string;
  /** The effect of the missing guard. */
  harm: string;
  edits: readonly Edit[];
  /** The workspace that the edits are in. */
  workspace: string;
  test: NamedTest;
}

/** The test that must fail without the guard. */
export interface NamedTest {
  project: 'unit' | 'integration';
  file: string;
  /** Full name in Jest: the titles of all `describe`s and of the test. */
  title: string;
}

/**
 * `killed`: the test failed without the guard, as required. `survived`: it passed. `broken`: no
 * result, because the copy did not compile, the test did not run, or it failed with the guard.
 */
export interface MutantResult {
  mutant: Mutant;
  outcome: 'killed' | 'survived' | 'broken';
  /** Summary of the test's failure, or the reason why there is no result. */
  detail: string;
  durationMs: number;
}

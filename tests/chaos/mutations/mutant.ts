/** A change of the sources, by exact text that occurs once. */
export interface Edit {
  file: string;
  find: string;
  replace: string;
}

/** A guard taken away on purpose. */
export interface Mutant {
  name: string;
  /** What should go wrong without it. */
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
  /** With the titles of its `describe`s, as Jest joins them. */
  title: string;
}

/**
 * Only `killed` passes. `broken`: there is no result, because the copy did not compile or the test
 * did not run or pass unmutated.
 */
export interface MutantResult {
  mutant: Mutant;
  outcome: 'killed' | 'survived' | 'broken';
  /** First line of the test's failure, or why there is no result. */
  detail: string;
  durationMs: number;
}

import type { CheckoutCopy } from './checkout-copy';
import type { Mutant, MutantResult } from './mutant';
import { runTests, type TestOutcome } from './run-tests';

/** Runs the test of each mutant: with the guard it must pass, without the guard it must fail. */
export function tryMutants(
  copy: CheckoutCopy,
  mutants: readonly Mutant[],
  log: (line: string) => void,
): MutantResult[] {
  log('building the copy …');
  copy.build(['.']);
  log('running the tests without mutants …');
  const unmutated = runTests(
    copy,
    mutants.map(({ test }) => test),
  );
  return mutants.map((mutant, index) => {
    const startedAt = performance.now();
    const result = tryMutant(copy, mutant, unmutated[index]!);
    log(`${result.outcome.padEnd(9)} ${mutant.name}`);
    return { mutant, ...result, durationMs: Math.round(performance.now() - startedAt) };
  });
}

function tryMutant(
  copy: CheckoutCopy,
  { edits, workspace, test }: Mutant,
  unmutated: TestOutcome,
): Pick<MutantResult, 'outcome' | 'detail'> {
  if (unmutated.kind !== 'passed')
    return {
      outcome: 'broken',
      detail: `with the guard the test ${unmutated.kind === 'failed' ? 'failed' : 'did not run'}: ${unmutated.detail}`,
    };
  let undo: (() => void) | undefined;
  try {
    undo = copy.apply(edits);
    copy.build([workspace]);
    const [mutated] = runTests(copy, [test]);
    if (mutated?.kind === 'failed') return { outcome: 'killed', detail: mutated.detail };
    if (mutated?.kind === 'passed')
      return { outcome: 'survived', detail: 'the test passes without the guard' };
    return { outcome: 'broken', detail: mutated?.detail ?? '' };
  } catch (error) {
    return { outcome: 'broken', detail: (error as Error).message };
  } finally {
    undo?.();
    copy.build([workspace]);
  }
}

import type { CheckoutCopy } from './checkout-copy';
import type { Mutant, MutantResult } from './mutant';
import { runTests, type TestOutcome } from './run-tests';

/** Each guard's test with the guard, which must pass, then without it, which must fail. */
export function tryMutants(
  copy: CheckoutCopy,
  mutants: readonly Mutant[],
  say: (line: string) => void,
): MutantResult[] {
  say('building the copy …');
  copy.build(['.']);
  say('the tests as they are …');
  const unmutated = runTests(
    copy,
    mutants.map(({ test }) => test),
  );
  return mutants.map((mutant, index) => {
    const startedAt = performance.now();
    const result = tryMutant(copy, mutant, unmutated[index]!);
    say(`${result.outcome.padEnd(9)} ${mutant.name}`);
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
      detail: `with the guard the test has ${unmutated.kind}: ${unmutated.detail}`,
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

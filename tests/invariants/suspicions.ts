import { type StateSources, reconcile } from '@shop/operations/reconcile';

/** What an operator would be told, and what is too young for that; of each invariant the first few. */
export async function suspicionsIn(sources: StateSources): Promise<string[]> {
  const { invariants } = await reconcile(sources);
  return invariants.flatMap(({ invariant, examples, inProgressExamples }) =>
    [...examples, ...inProgressExamples].map((example) => `${invariant}: ${example}`),
  );
}

import { type FactSources, reconcile } from '@shop/operations/reconcile';

/** What an operator would be told, and what is too young for that; of each invariant the first few. */
export async function suspicionsIn(sources: FactSources): Promise<string[]> {
  const { invariants } = await reconcile(sources);
  return invariants.flatMap(({ invariant, examples, underWayExamples }) =>
    [...examples, ...underWayExamples].map((example) => `${invariant}: ${example}`),
  );
}

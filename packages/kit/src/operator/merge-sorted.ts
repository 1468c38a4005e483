/**
 * Several sequences, each sorted by the same text, as one. Only one item of each is held at a time. Of equal ones the earlier
 * sequence's come first.
 */
export async function* mergeSorted<Item>(
  sequences: readonly AsyncIterable<Item>[],
  keyOf: (item: Item) => string,
): AsyncGenerator<Item> {
  const open = sequences.map((sequence) => sequence[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(open.map((iterator) => iterator.next()));
    for (;;) {
      let first: number | undefined;
      for (const [index, head] of heads.entries()) {
        if (head.done) continue;
        const leader = first === undefined ? undefined : heads[first];
        if (!leader || leader.done || keyOf(head.value) < keyOf(leader.value)) first = index;
      }
      if (first === undefined) return;
      yield heads[first]!.value as Item;
      heads[first] = await open[first]!.next();
    }
  } finally {
    // Also when the reader stops early: each sequence closes what it holds.
    for (const iterator of open) await iterator.return?.();
  }
}

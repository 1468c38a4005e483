/**
 * Merges sequences that are sorted by the same text. Holds one item of each sequence. For equal
 * keys the earlier sequence comes first.
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
    // Also if the reader stops early: each sequence releases its resources.
    for (const iterator of open) await iterator.return?.();
  }
}

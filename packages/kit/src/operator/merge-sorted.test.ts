import { mergeSorted } from './merge-sorted';

async function* sequence(text: string, onEnd = () => undefined as void) {
  try {
    yield* text;
  } finally {
    onEnd();
  }
}

async function merged(...texts: string[]): Promise<string> {
  const sequences = texts.map((text) => sequence(text));
  let all = '';
  for await (const letter of mergeSorted(sequences, (item) => item.toLowerCase())) all += letter;
  return all;
}

describe('mergeSorted', () => {
  it('merges sorted sequences, with equal keys in the order of the sequences', async () => {
    expect(await merged('ace', 'BCd', '')).toBe('aBcCde');
    expect(await merged('b', 'B', 'aA')).toBe('aAbB');
    expect(await merged()).toBe('');
  });

  it('closes every sequence when the reader stops', async () => {
    const closed = jest.fn();
    for await (const letter of mergeSorted([sequence('ab', closed), sequence('cd', closed)], String)) {
      expect(letter).toBe('a');
      break;
    }
    expect(closed).toHaveBeenCalledTimes(2);
  });
});

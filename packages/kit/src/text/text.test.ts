import { isStorableText } from '.';

describe('isStorableText', () => {
  it.each(['', 'Émile', '👩‍👩‍👧', 'a\r\nb', '‮right to left', '<script>'])('accepts %j', (text) => {
    expect(isStorableText(text)).toBe(true);
  });

  it.each(['a\0b', '\ud83d', 'x\udc00y'])('rejects %j', (text) => {
    expect(isStorableText(text)).toBe(false);
  });
});

import { normaliseEmail } from './email';

describe('An email address', () => {
  it.each([
    ['a@b.co', 'a@b.co'],
    ['  Ann.Lee+shop@Example.COM\n', 'ann.lee+shop@example.com'],
    ['ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'ann@example.com'],
    ['K@example.com', 'k@example.com'],
    ["o'neil@xn--bcher-kva.example", "o'neil@xn--bcher-kva.example"],
    [`${'a'.repeat(64)}@${'b'.repeat(63)}.example`, `${'a'.repeat(64)}@${'b'.repeat(63)}.example`],
  ])('%j is normalised to %j', (text, kept) => {
    expect(normaliseEmail(text)).toBe(kept);
  });

  it.each([
    ['nothing', ''],
    ['no @', 'example.com'],
    ['two @', 'a@b@example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'a@'],
    ['no dot in the domain', 'a@localhost'],
    ['an empty label', 'a@example..com'],
    ['a label that ends in a hyphen', 'a@example-.com'],
    ['inner space', 'a b@example.com'],
    ['a line break before a header', 'a@example.com\r\nBcc: b@example.com'],
    ['NUL', 'a\0@example.com'],
    ['a lone surrogate', 'a\ud800@example.com'],
    ['a look-alike letter', 'аdmin@example.com'],
    ['65 characters before the @', `${'a'.repeat(65)}@example.com`],
    ['255 characters', `a@${'b.'.repeat(125)}com`],
  ])('with %s is rejected', (_what, text) => {
    expect(normaliseEmail(text)).toBeNull();
  });

  it('is unchanged when it is normalised again', () => {
    const once = normaliseEmail(' ＡNN@Example.com ') as string;
    expect(normaliseEmail(once)).toBe(once);
  });
});

import { checkPassword } from './password-rule';

describe('A password', () => {
  it.each([
    ['the documented one', 'P@ssw0rd'],
    ['eight of the same letter', 'aaaaaaaa'],
    ['eight spaces', '        '],
    ['eight characters outside the basic plane', '🔑'.repeat(8)],
    ['72 bytes', 'x'.repeat(72)],
    ['18 characters of four bytes', '🔑'.repeat(18)],
  ])('%s is accepted', (_what, password) => {
    expect(checkPassword(password)).toEqual({ kind: 'acceptable', normalised: password });
  });

  it('is the same however its accents were typed', () => {
    const composed = checkPassword('caf\u00e9caf\u00e9');
    expect(checkPassword('cafe\u0301cafe\u0301')).toEqual(composed);
  });

  it.each([
    ['nothing', '', /at least 8 characters/],
    ['seven characters', 'P@ssw0r', /at least 8 characters/],
    ['seven characters in fourteen UTF-16 units', '🔑'.repeat(7), /at least 8 characters/],
    ['eight code points that NFKC makes four', 'e\u0301'.repeat(4), /at least 8 characters/],
    ['73 bytes', 'x'.repeat(73), /at most 72 bytes in UTF-8, and has 73/],
    ['19 characters of four bytes', '🔑'.repeat(19), /at most 72 bytes in UTF-8, and has 76/],
    ['NUL', 'password\0', /NUL/],
    ['a lone surrogate', 'password\ud83d', /Unicode/],
  ])('%s is refused', (_what, password, rule) => {
    const check = checkPassword(password);
    expect(check).toEqual({ kind: 'rejected', rule: expect.stringMatching(rule) });
  });
});

import { checkNewPassword, checkPassword } from './password-rule';

describe('checkPassword', () => {
  it.each([
    ['the documented one', 'P@ssw0rd'],
    ['eight of the same letter', 'aaaaaaaa'],
    ['eight spaces', '        '],
    ['eight characters outside the basic plane', '🔑'.repeat(8)],
    ['72 bytes', 'x'.repeat(72)],
    ['18 characters of four bytes', '🔑'.repeat(18)],
  ])('accepts %s', (_what, password) => {
    expect(checkPassword(password)).toEqual({ kind: 'acceptable', normalised: password });
  });

  it('normalises accents', () => {
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
  ])('rejects %s', (_what, password, rule) => {
    const check = checkPassword(password);
    expect(check).toEqual({ kind: 'rejected', rule: expect.stringMatching(rule) });
  });
});

const check = (password: string, { email = 'ann.smith@example.com', allowed = [] as string[] } = {}) =>
  checkNewPassword(password, { email, allowed });

describe('A new password', () => {
  it.each([
    ['on the list of common ones', 'iloveyou1', /most common passwords: choose another/],
    ['on the list in another case', 'PassWord123', /most common/],
    ['on the list in full-width letters', 'ｐａｓｓｗｏｒｄ', /most common/],
    ['the documented one, where it is not allowed', 'P@ssw0rd', /most common/],
    ['equal to the email', 'ann.smith@example.com', /email address/],
    ['equal to the email in another case', 'Ann.Smith@Example.COM', /email address/],
    ['equal to the part before the @', 'ANN.SMITH', /before the @/],
    ['eight of the same letter', 'zzzzzzzz', /one repeated character/],
    ['the same letter in both cases', 'qQqQqQqQqQ', /one repeated character/],
    ['eight of the same character outside the basic plane', '🔑'.repeat(8), /one repeated character/],
    ['spaces only', ' '.repeat(12), /one repeated character/],
    ['too short', 'a1!', /at least 8 characters/],
  ])('that is %s is rejected', (_what, password, rule) => {
    expect(check(password)).toEqual({ kind: 'rejected', rule: expect.stringMatching(rule) });
  });

  it.each(['correct horse battery staple', 'ann.smith@example.com!', 'zzzzzzzy', 'кошка и собака'])(
    'that is none of these is accepted: %s',
    (password) => {
      expect(check(password)).toEqual({ kind: 'acceptable', normalised: password });
    },
  );

  it('is accepted although it is common, if it is allowed in exactly this spelling', () => {
    const allowed = ['P@ssw0rd'];
    expect(check('P@ssw0rd', { allowed })).toMatchObject({ kind: 'acceptable' });
    for (const other of ['p@ssw0rd', 'P@SSW0RD', 'password1'])
      expect(check(other, { allowed })).toMatchObject({ kind: 'rejected' });
  });

  it('is not part of the error message', () => {
    for (const password of ['iloveyou1', 'ann.smith', 'zzzzzzzz'])
      expect(JSON.stringify(check(password))).not.toContain(password);
  });
});

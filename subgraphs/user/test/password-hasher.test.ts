import { PasswordHasher } from '../src/passwords/password-hasher';

let passwords: PasswordHasher;

beforeEach(() => {
  passwords = new PasswordHasher(10);
});
afterEach(() => passwords.close());

describe('The password hasher', () => {
  it('verifies a password independently of the encoding of its accents', async () => {
    const hash = await passwords.hash('caf\u00e9caf\u00e9');
    expect(await passwords.verify('cafe\u0301cafe\u0301', hash)).toBe(true);
    expect(await passwords.verify('cafecafe', hash)).toBe(false);
  });

  it('verifies no password of an account that does not exist', async () => {
    expect(await passwords.verify('', null)).toBe(false);
    expect(await passwords.verify('P@ssw0rd', null)).toBe(false);
  });

  it('rejects immediately when the queue is full, and processes the queue', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 400 }, () => passwords.verify('P@ssw0rd', null)),
    );
    const rejections = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(rejections.length).toBeGreaterThan(0);
    expect(rejections.length).toBeLessThan(400);
    for (const { reason } of rejections) {
      expect(reason).toMatchObject({ code: 'upstream_unavailable', retryAfterSeconds: expect.any(Number) });
    }
  });
});

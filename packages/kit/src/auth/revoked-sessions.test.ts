import { createLogger } from '../logger';
import { type FindRevokedSessions, pollRevokedSessions, type RevokedSessions } from './revoked-sessions';

const logger = createLogger({ service: 'test' });
logger.silent = true;
let revoked: RevokedSessions;
const find = jest.fn<ReturnType<FindRevokedSessions>, Parameters<FindRevokedSessions>>();

beforeEach(() => {
  jest.useFakeTimers();
  find.mockReset().mockResolvedValue([]);
});
afterEach(() => {
  revoked.stop();
  jest.useRealTimers();
});

function follow(): void {
  revoked = pollRevokedSessions({ find, logger, everyMs: 15_000 });
}

const asked = () => find.mock.calls.map(([seconds]) => seconds);

describe('Ended sessions', () => {
  it('are looked for at once as far back as tokens live, then only since the last look', async () => {
    follow();
    await jest.advanceTimersByTimeAsync(31_000);
    expect(asked()).toEqual([900, 45, 45]);
  });

  it('are known for as long as one of their tokens could be taken, and then forgotten', async () => {
    find.mockResolvedValueOnce(['s1']);
    follow();
    await jest.advanceTimersByTimeAsync(899_000);
    expect([revoked.has('s1'), revoked.has('s2')]).toEqual([true, false]);
    await jest.advanceTimersByTimeAsync(16_000);
    expect(revoked.has('s1')).toBe(false);
  });

  it('that were known stay so while nobody answers; what was missed is asked for after', async () => {
    find
      .mockResolvedValueOnce(['s1'])
      .mockRejectedValueOnce(new Error('away'))
      .mockRejectedValueOnce(new Error('away'));
    follow();
    await jest.advanceTimersByTimeAsync(46_000);
    expect(revoked.has('s1')).toBe(true);
    expect(asked()).toEqual([900, 45, 60, 75]);
  });
});

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

describe('Revoked sessions', () => {
  it('are polled for the lifetime of tokens at first, then only since the last poll', async () => {
    follow();
    await jest.advanceTimersByTimeAsync(31_000);
    expect(asked()).toEqual([900, 45, 45]);
  });

  it('are remembered until their last token has expired', async () => {
    find.mockResolvedValueOnce(['s1']);
    follow();
    await jest.advanceTimersByTimeAsync(899_000);
    expect([revoked.has('s1'), revoked.has('s2')]).toEqual([true, false]);
    await jest.advanceTimersByTimeAsync(16_000);
    expect(revoked.has('s1')).toBe(false);
  });

  it('are remembered while polls fail, and the next poll covers the missed time', async () => {
    find
      .mockResolvedValueOnce(['s1'])
      .mockRejectedValueOnce(new Error('unavailable'))
      .mockRejectedValueOnce(new Error('unavailable'));
    follow();
    await jest.advanceTimersByTimeAsync(46_000);
    expect(revoked.has('s1')).toBe(true);
    expect(asked()).toEqual([900, 45, 60, 75]);
  });
});

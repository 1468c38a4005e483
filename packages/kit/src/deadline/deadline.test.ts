import { runWithRequestContext } from '../request-context';
import { deadlineOfHeader, assertDeadlineNotExceeded, timeLeftMs } from '.';

/** Runs `work` with a deadline. */
const waiting = <T>(deadlineMs: number | undefined, work: () => T): T =>
  runWithRequestContext({ requestId: 'r', ...(deadlineMs === undefined ? {} : { deadlineMs }) }, work);

describe('The deadline of a request', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('reserves a tenth of the time, at most 100 ms, for the transfer of the response', () => {
    waiting(deadlineOfHeader('5000'), () => {
      jest.advanceTimersByTime(1_000);
      expect(timeLeftMs()).toBe(3_900);
    });
    expect(waiting(deadlineOfHeader('200'), timeLeftMs)).toBe(180);
  });

  it('does not change when the clock is set', () => {
    waiting(deadlineOfHeader('5000'), () => {
      jest.setSystemTime(Date.now() + 300_000);
      expect(timeLeftMs()).toBe(4_900);
    });
  });

  it.each([undefined, '', '-5', '1.5', '1e3', '99999999', 'soon', ['1', '2']])(
    'is not limited by the header %j',
    (header) => {
      expect(deadlineOfHeader(header)).toBeUndefined();
      expect(waiting(deadlineOfHeader(header), timeLeftMs)).toBe(Infinity);
    },
  );

  it('rejects work after it has passed', () => {
    waiting(deadlineOfHeader('1000'), () => {
      expect(assertDeadlineNotExceeded).not.toThrow();
      jest.advanceTimersByTime(1_000);
      expect(timeLeftMs()).toBe(0);
      expect(assertDeadlineNotExceeded).toThrow(expect.objectContaining({ code: 'upstream_unavailable' }));
    });
  });
});

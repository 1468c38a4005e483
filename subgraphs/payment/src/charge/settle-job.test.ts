import { pauseAfterVisitsMs } from './settle-job';

it('the pause doubles from one second to one minute', () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 1_000].map(pauseAfterVisitsMs);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

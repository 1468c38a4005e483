/** In the order in which they run. */
export const phaseNames = [
  'kills',
  'faults',
  'one-key',
  'refresh-theft',
  'event-order',
  'oversell',
  'rolling-restart',
] as const;

export type PhaseName = (typeof phaseNames)[number];

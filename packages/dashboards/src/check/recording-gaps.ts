import type { ExpectedGap } from './expected-gaps';

/** A recording fails if one of these has data, and if another query has none. */
export const recordingGaps: readonly ExpectedGap[] = [];

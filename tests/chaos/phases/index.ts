import type { PhaseName } from '../options/phase-names';
import { killsPhase } from './kills';
import type { Phase } from './phase';

export const phases: Partial<Record<PhaseName, Phase>> = {
  kills: killsPhase,
};

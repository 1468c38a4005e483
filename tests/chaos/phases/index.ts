import type { PhaseName } from '../options/phase-names';
import { eventOrderPhase } from './event-order';
import { faultsPhase } from './faults';
import { killsPhase } from './kills';
import { oneKeyPhase } from './one-key';
import { oversellPhase } from './oversell';
import type { Phase } from './phase';
import { refreshTheftPhase } from './refresh-theft';
import { rollingRestartPhase } from './rolling-restart';

export const phases: Readonly<Record<PhaseName, Phase>> = {
  kills: killsPhase,
  faults: faultsPhase,
  'one-key': oneKeyPhase,
  'refresh-theft': refreshTheftPhase,
  'event-order': eventOrderPhase,
  oversell: oversellPhase,
  'rolling-restart': rollingRestartPhase,
};

import type { Panel } from '../model/dashboard';
import type { Series } from './prometheus-api';

/** What a query returned: some value other than 0, only zeros, or nothing. */
export type QueryState = 'data' | 'zero' | 'empty';

export function stateOf(series: readonly Series[]): QueryState {
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  if (values.length === 0) return 'empty';
  return values.some((value) => value !== 0) ? 'data' : 'zero';
}

/** Whether a query of the panel may be in this state in a healthy shop. */
export function isAllowed(panel: Panel, state: QueryState, variableValue: string | undefined): boolean {
  const { quiet } = panel;
  if (state === 'data') return true;
  if (!quiet) return false;
  if (quiet.onlyFor && !quiet.onlyFor.includes(variableValue ?? '')) return false;
  return state === 'zero' || quiet.allows === 'absent';
}

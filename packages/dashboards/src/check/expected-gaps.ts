import type { Allowance, QueryPlace } from '../queries/query-panels';

/** A query that is zero or empty in every recording, in spite of the incidents. */
export interface ExpectedGap {
  /** Uid of the dashboard. */
  dashboard: string;
  panel: string;
  /** Default: all queries of the panel. */
  legend?: string;
  /** Values of the dashboard's variable; default: all. */
  services?: readonly string[];
  state: 'zero' | 'empty' | 'zero or empty';
  because: string;
}

export interface GapList {
  allowance: Allowance;
  /** One line for each query that is listed and that was not in the listed state. */
  unneeded(): string[];
}

/** Allows the listed gaps, and records which of them were needed. */
export function gapList(gaps: readonly ExpectedGap[]): GapList {
  const single = gaps.flatMap((gap) => (gap.services ?? [undefined]).map((service) => ({ gap, service })));
  const needed = new Set<(typeof single)[number]>();
  const matches = ({ gap, service }: (typeof single)[number], place: QueryPlace, state: string) =>
    gap.dashboard === place.dashboard.uid &&
    gap.panel === place.panel.title &&
    (gap.legend === undefined || gap.legend === place.query.legend) &&
    (service === undefined || service === place.variableValue) &&
    gap.state.split(' or ').includes(state);
  return {
    allowance(place, state) {
      const found = single.find((entry) => matches(entry, place, state));
      if (found) needed.add(found);
      return found?.gap.because;
    },
    unneeded: () =>
      single
        .filter((entry) => !needed.has(entry))
        .map(({ gap: { dashboard, panel, legend, state }, service }) =>
          [[dashboard, service && `(${service})`].filter(Boolean).join(' '), panel, legend && `${legend}`]
            .filter(Boolean)
            .join(' / ')
            .concat(`: expected ${state}, which it is not`),
        ),
  };
}

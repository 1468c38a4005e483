import {
  DashboardBuilder,
  type DataSourceRef,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  LegendDisplayMode,
  LegendPlacement,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { runbooksUrl } from '../config';
import type { Dashboard, Panel } from './dashboard';

/** As docker/grafana/provisioning/datasources names it. */
const prometheus: DataSourceRef = { type: 'prometheus', uid: 'prometheus' };

const panelsPerLine = 3;
const lineWidth = 24;

/** The JSON model of the dashboard that Grafana loads from a file. */
export function grafanaDashboard({ uid, title, description, variable, rows }: Dashboard): object {
  const builder = new DashboardBuilder(`Shop / ${title}`)
    .uid(uid)
    .description(description)
    .tags(['shop'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s');
  if (variable)
    builder.withVariable(
      new QueryVariableBuilder(variable.name)
        .query(variable.query)
        .datasource(prometheus)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .current({ text: variable.values[0] as string, value: variable.values[0] as string }),
    );
  let id = 0;
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title).id((id += 1)));
    for (const panel of row.panels) builder.withPanel(grafanaPanel(panel).id((id += 1)));
  }
  return builder.build();
}

function grafanaPanel(panel: Panel) {
  const builder =
    panel.look === 'stat'
      ? new StatBuilder()
      : new TimeseriesBuilder()
          .legend(
            new VizLegendOptionsBuilder()
              .displayMode(LegendDisplayMode.List)
              .placement(LegendPlacement.Bottom)
              .showLegend(true),
          )
          .fillOpacity(8)
          .min(0);
  builder
    .title(panel.title)
    .description(`${panel.description}\n\n${runbookOf(panel)}`)
    .unit(panel.unit)
    .datasource(prometheus)
    .span(lineWidth / panelsPerLine)
    .height(8);
  panel.queries.forEach(({ expr, legend, hasExemplars = false }, index) =>
    builder.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode('A'.charCodeAt(0) + index))
        .expr(expr)
        .legendFormat(legend)
        .exemplar(hasExemplars),
    ),
  );
  return builder;
}

/** A link, or the place in the repository: Grafana does not serve docs/operations.md. */
function runbookOf({ runbook }: Panel): string {
  return runbooksUrl
    ? `[Runbook](${runbooksUrl}#${runbook})`
    : `Runbook: docs/operations.md, section ${runbook}.`;
}

import { isProblem } from '../queries/query-panels';
import { runbooksUrl } from '../config';
import type { DrawnDashboard, DrawnPanel } from './draw-dashboard';

/** By default the file in this repository, from artifacts/dashboards. */
const runbooks = runbooksUrl ?? '../../docs/operations.md';

const style = `
  body { font: 14px/1.4 system-ui, sans-serif; margin: 24px; color: #222; background: #fafafa; max-width: 1420px }
  h1 { font-size: 22px } h2 { font-size: 17px; margin: 28px 0 8px; border-bottom: 1px solid #ccc }
  h3 { font-size: 14px; margin: 0 }
  section { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px }
  article { background: #fff; border: 1px solid #ddd; border-radius: 6px; padding: 10px; min-width: 0 }
  article.missing { border: 2px solid #c0392b }
  p { margin: 2px 0 6px; font-size: 12px; color: #555 }
  .headline { font-size: 30px; margin: 4px 0 }
  .nothing { color: #888; font-size: 13px; padding: 24px 0 }
  .missing .nothing, .problem { color: #c0392b }
  details { font-size: 11px } code { white-space: pre-wrap; overflow-wrap: anywhere }
  svg { max-width: 100%; height: auto }
`;

/** One HTML page with every panel of a dashboard. */
export function dashboardPage({ dashboard, panels }: DrawnDashboard, recordedAt: Date): string {
  const groups = Map.groupBy(panels, ({ variableValue, row }) =>
    [variableValue, row].filter(Boolean).join(' · '),
  );
  const sections = [...groups].map(
    ([title, drawn]) => `<h2>${escape(title)}</h2>\n<section>${drawn.map(panelArticle).join('\n')}</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(dashboard.title)}</title><style>${style}</style></head>
<body><h1>${escape(dashboard.title)}</h1>
<p>${escape(dashboard.description)} Recorded until ${recordedAt.toISOString()}.</p>
${sections.join('\n')}
</body></html>
`;
}

function panelArticle({ panel, results, svg, omitted, headline }: DrawnPanel): string {
  const isMissing = results.some(isProblem);
  const reasons = new Set(results.flatMap(({ reason }) => reason ?? []));
  const nothing = `<div class="nothing">${escape(['no data', ...reasons].join(': '))}</div>`;
  const states = results
    .map(
      (result) =>
        `<div${isProblem(result) ? ' class="problem"' : ''}>${result.state}: <code>${escape(result.query.expr)}</code></div>`,
    )
    .join('');
  return `<article${isMissing ? ' class="missing"' : ''}><h3>${escape(panel.title)}</h3>
<p>${withCode(panel.description)} <a href="${runbooks}#${panel.runbook}">Runbook</a></p>
${headline === undefined ? '' : `<div class="headline">${escape(headline)}</div>`}
${svg || nothing}
${omitted > 0 ? `<p>${omitted} more series, none with larger values.</p>` : ''}
<details><summary>queries</summary>${states}</details></article>`;
}

/** Text with `code`, as Grafana renders it. */
const withCode = (text: string) => escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

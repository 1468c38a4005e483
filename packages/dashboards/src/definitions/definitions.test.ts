import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { dashboardFiles, grafanaDirectory } from '../generate';
import { knownMetrics } from '../queries/known-metrics';
import { familyOf, metricNamesIn } from '../queries/metric-names';
import { readRules } from '../queries/rule-files';
import { dashboards, panelsOf } from '.';

const known = knownMetrics();
const isKnown = (name: string) => known.has(name) || known.has(familyOf(name));
const unknownIn = (expr: string) => [...metricNamesIn(expr)].filter((name) => !isKnown(name));
const operations = readFileSync(join(workspaceRoot, 'docs', 'operations.md'), 'utf8');
const anchors = [...operations.matchAll(/<a id="([a-z-]+)"><\/a>/g)].map(([, anchor]) => anchor as string);
const alerts = readRules().filter(({ alert }) => alert);
const panels = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => ({ dashboard: dashboard.uid, ...panel })),
);

describe('docker/grafana/dashboards', () => {
  it('are generated from the definitions: run npm run generate', () => {
    const committed = readdirSync(grafanaDirectory).map((name) => [
      name,
      JSON.parse(readFileSync(join(grafanaDirectory, name), 'utf8')) as object,
    ]);
    const generated = [...dashboardFiles()].map(([name, content]) => [name, JSON.parse(content) as object]);
    expect(Object.fromEntries(committed)).toEqual(Object.fromEntries(generated));
  });

  it('have panels with a title of their own, a description and known metrics only', () => {
    const problems = panels.flatMap(({ dashboard, title, description, queries }) => [
      ...(description.endsWith('.') ? [] : [`${dashboard} / ${title}: the description is no sentence`]),
      ...queries.flatMap(({ expr }) => unknownIn(expr).map((name) => `${dashboard} / ${title}: ${name}`)),
    ]);
    expect(problems).toEqual([]);
    expect(panels.length).toBeGreaterThan(50);
    const titles = panels.map(({ dashboard, title }) => `${dashboard} / ${title}`);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('link each panel to a part of docs/operations.md', () => {
    expect(panels.filter(({ runbook }) => !anchors.includes(runbook))).toEqual([]);
  });
});

describe('docker/prometheus/rules', () => {
  it('use known metrics only', () => {
    const unknown = readRules().flatMap(({ file, expr }) =>
      unknownIn(expr).map((name) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('have a severity, a summary, a description, and a runbook in docs/operations.md', () => {
    const anchorOf = (name: string) => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    for (const { alert = '', labels, annotations } of alerts) {
      expect([alert, labels?.['severity']]).toEqual([
        alert,
        expect.stringMatching(alert === 'Watchdog' ? /^none$/ : /^(page|ticket)$/),
      ]);
      expect(annotations).toEqual({
        summary: expect.any(String) as string,
        description: expect.any(String) as string,
        runbook_url: `{{ $externalLabels.runbooks }}#${anchorOf(alert)}`,
      });
      expect(anchors).toContain(anchorOf(alert));
    }
    expect([...anchors].sort()).toEqual([...new Set(alerts.map(({ alert = '' }) => anchorOf(alert)))].sort());
  });
});

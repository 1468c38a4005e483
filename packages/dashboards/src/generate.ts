import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { dashboards } from './definitions';
import { grafanaDashboard } from './model/grafana';

export const grafanaDirectory = join(workspaceRoot, 'docker', 'grafana', 'dashboards');

/** Content of each dashboard's file, by file name. */
export function dashboardFiles(): Map<string, string> {
  return new Map(
    dashboards.map((dashboard) => [
      `${dashboard.uid}.json`,
      `${JSON.stringify(grafanaDashboard(dashboard), null, 2)}\n`,
    ]),
  );
}

export function writeDashboards(): void {
  mkdirSync(grafanaDirectory, { recursive: true });
  for (const [name, content] of dashboardFiles()) writeFileSync(join(grafanaDirectory, name), content);
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards } from '../definitions';
import { describeResult, isProblem, type Recording } from '../queries/query-panels';
import { drawDashboard } from './draw-dashboard';
import { dashboardPage } from './page';

export interface PreviewResult {
  /** Paths of the HTML pages. */
  pages: readonly string[];
  panels: number;
  /** One line for each query whose state is not allowed. */
  problems: readonly string[];
  /** One line for each query that is zero or empty, with the reason why it may be. */
  quiet: readonly string[];
}

/** Draws every dashboard into `directory`, one HTML page each. */
export async function previewDashboards(recording: Recording, directory: string): Promise<PreviewResult> {
  mkdirSync(directory, { recursive: true });
  const pages: string[] = [];
  const problems: string[] = [];
  const quiet: string[] = [];
  let panels = 0;
  for (const dashboard of dashboards) {
    const drawn = await drawDashboard(dashboard, recording);
    const file = join(directory, `${dashboard.uid}.html`);
    writeFileSync(file, dashboardPage(drawn, new Date(recording.range.endSeconds * 1_000)));
    pages.push(file);
    panels += drawn.panels.length;
    const results = drawn.panels.flatMap((panel) => panel.results);
    problems.push(...results.filter(isProblem).map(describeResult));
    quiet.push(
      ...results
        .filter(({ reason }) => reason !== undefined)
        .map((result) => `${describeResult(result)}: ${result.reason}`),
    );
  }
  return { pages, panels, problems, quiet };
}

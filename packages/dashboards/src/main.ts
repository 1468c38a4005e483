import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { artifactsDirectory, recordingDirectory } from './config';
import { writeDashboards } from './generate';
import type { Recording } from './preview/draw-dashboard';
import { previewDashboards } from './preview/preview';
import { PrometheusApi } from './preview/prometheus-api';
import { startPrometheus } from './record/prometheus-server';
import { type RecordingDescription, recordShop } from './record/record';

const usage = `npm run dashboards -- generate           writes docker/grafana/dashboards
npm run dashboards -- record             runs a shop under load for 90 s and records it; --seconds <number>
npm run dashboards -- preview            draws the last recording; records first if there is none
npm run dashboards -- preview --url <u>  draws the last hour of a Prometheus server; --minutes <number>
Exit code of preview: 1 if a panel lacks the data of a healthy shop, or a metric was not recorded. Pages: artifacts/dashboards.
`;

/** Pixels of a chart: more points are not seen. */
const pointsPerChart = 120;

const log = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string' }, minutes: { type: 'string' }, seconds: { type: 'string' } },
  });
  const seconds = Number(values.seconds ?? 90);
  switch (positionals[0]) {
    case 'generate':
      return writeDashboards();
    case 'record':
      return void (await recordShop({ directory: recordingDirectory, seconds, log }));
    case 'preview':
      if (values.url) return previewServer(values.url, Number(values.minutes ?? 60));
      if (!existsSync(join(recordingDirectory, 'recording.json')))
        await recordShop({ directory: recordingDirectory, seconds, log });
      return previewRecording();
    default:
      process.stderr.write(usage);
      process.exitCode = 2;
  }
}

async function previewServer(url: string, minutes: number): Promise<void> {
  const endSeconds = Date.now() / 1_000;
  const startSeconds = endSeconds - 60 * minutes;
  // Four scrapes of docker/prometheus/prometheus.yml.
  await preview({ api: new PrometheusApi(url), range: rangeOf(startSeconds, endSeconds), rateSeconds: 60 });
}

async function previewRecording(): Promise<void> {
  const file = join(recordingDirectory, 'recording.json');
  const description = JSON.parse(readFileSync(file, 'utf8')) as RecordingDescription;
  const { startSeconds, endSeconds, scrapeSeconds } = description;
  // Without targets it reads its data directory and scrapes nothing.
  const server = await startPrometheus({ directory: recordingDirectory, config: 'scrape_configs: []\n' });
  try {
    const range = rangeOf(startSeconds, endSeconds);
    await preview({ api: new PrometheusApi(server.url), range, rateSeconds: 5 * scrapeSeconds });
  } finally {
    await server.stop();
  }
}

const rangeOf = (startSeconds: number, endSeconds: number) => ({
  startSeconds,
  endSeconds,
  stepSeconds: Math.max(1, Math.ceil((endSeconds - startSeconds) / pointsPerChart)),
});

async function preview(recording: Recording): Promise<void> {
  const result = await previewDashboards(recording, artifactsDirectory);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
  process.stdout.write(
    [
      section('Zero or absent, which is healthy:', result.quiet),
      section('Metrics that a rule or a panel names, and that were not recorded:', result.missingMetrics),
      section('Without the data of a healthy shop:', result.problems),
      `\n${result.panels} panels, ${result.problems.length} queries without data, ${result.exemplars} exemplars with a trace\n`,
      `${result.pages.join('\n')}\n`,
    ].join(''),
  );
  if (result.problems.length + result.missingMetrics.length > 0) process.exitCode = 1;
}

void main().catch((error: unknown) => {
  log(String((error as Error).stack ?? error));
  process.exitCode = 2;
});

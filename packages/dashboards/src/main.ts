import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeCheck } from './check/check-recording';
import { gapList } from './check/expected-gaps';
import { recordingAllowance } from './check/optional-programs';
import { recordingGaps } from './check/recording-gaps';
import { artifactsDirectory, recordingDirectory } from './config';
import { writeDashboards } from './generate';
import { previewDashboards } from './preview/preview';
import { PrometheusApi, rangeOf } from './queries/prometheus-api';
import { healthyShop, type Recording } from './queries/query-panels';
import { startPrometheus } from './record/prometheus-server';
import { type RecordingDescription, recordShop } from './record/record';

const usage = `npm run dashboards -- generate           writes docker/grafana/dashboards
npm run dashboards -- record             runs a shop under load for 90 s, records and checks it; --seconds <number>
npm run dashboards -- preview            draws the last recording; records first if there is none
npm run dashboards -- preview --url <u>  draws the last hour of a Prometheus server; --minutes <number>
Exit code of record: 1 if a query has no data and is not listed in recording-gaps.ts, a metric of a rule was not recorded, a target is
down, or no exemplar leads to a trace. Exit code of preview: 1 if a query has no data and may not be without. Pages: artifacts/dashboards.
`;

const recordingFile = join(recordingDirectory, 'recording.json');

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
      return void (await record(seconds));
    case 'preview':
      if (values.url) return previewServer(values.url, Number(values.minutes ?? 60));
      if (!existsSync(recordingFile)) await record(seconds);
      return previewRecording();
    default:
      process.stderr.write(usage);
      process.exitCode = 2;
  }
}

async function record(seconds: number): Promise<void> {
  const { responses, check } = await recordShop({ directory: recordingDirectory, seconds, log });
  process.stdout.write(`Responses: ${JSON.stringify(responses)}\n\n${describeCheck(check)}`);
  if (check.problems.length > 0) process.exitCode = 1;
}

async function previewServer(url: string, minutes: number): Promise<void> {
  const endSeconds = Date.now() / 1_000;
  await preview({
    api: new PrometheusApi(url),
    range: rangeOf(endSeconds - 60 * minutes, endSeconds),
    // Four scrapes of docker/prometheus/prometheus.yml.
    rateSeconds: 60,
    allowance: healthyShop,
  });
}

async function previewRecording(): Promise<void> {
  const description = JSON.parse(readFileSync(recordingFile, 'utf8')) as RecordingDescription;
  const { startSeconds, endSeconds, rateSeconds, missingPrograms } = description;
  // Without targets it reads its data directory and scrapes nothing.
  const server = await startPrometheus({
    directory: recordingDirectory,
    config: () => 'scrape_configs: []\n',
  });
  try {
    await preview({
      api: new PrometheusApi(server.url),
      range: rangeOf(startSeconds, endSeconds),
      rateSeconds,
      allowance: recordingAllowance(gapList(recordingGaps), missingPrograms),
    });
  } finally {
    await server.stop();
  }
}

async function preview(recording: Recording): Promise<void> {
  const { quiet, problems, panels, pages } = await previewDashboards(recording, artifactsDirectory);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
  process.stdout.write(
    [
      section('Zero or empty, which is expected:', quiet),
      section('Without data:', problems),
      `\n${panels} panels, ${problems.length} queries without data\n`,
      `${pages.join('\n')}\n`,
    ].join(''),
  );
  if (problems.length > 0) process.exitCode = 1;
}

void main().catch((error: unknown) => {
  log(String((error as Error).stack ?? error));
  process.exitCode = 2;
});

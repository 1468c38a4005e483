import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { parse, stringify } from 'yaml';
import { rulesDirectory } from '../queries/rule-files';

interface ScrapeJob {
  job_name: string;
  static_configs: { targets: string[]; labels?: Record<string, string> }[];
}

interface PrometheusConfig {
  global: { scrape_interval: string; evaluation_interval: string };
  rule_files: string[];
  alerting?: unknown;
  scrape_configs: ScrapeJob[];
}

/**
 * docker/prometheus/prometheus.yml with other targets and a short interval. A job without targets
 * is left out.
 */
export function recordingConfig(input: {
  /** Address of each `service` label. */
  targets: Readonly<Record<string, string | undefined>>;
  scrapeSeconds: number;
}): string {
  const { targets, scrapeSeconds } = input;
  const file = join(workspaceRoot, 'docker', 'prometheus', 'prometheus.yml');
  // The anchors of the file are resolved by `merge` of the parser.
  const config = parse(readFileSync(file, 'utf8')) as PrometheusConfig;
  const { alerting: _none, ...rest } = config;
  const interval = `${scrapeSeconds}s`;
  const jobs = config.scrape_configs.map((job) => ({
    ...job,
    static_configs: job.static_configs.flatMap(({ labels }) => {
      const address = targets[labels?.['service'] ?? ''];
      return address ? [{ targets: [address], ...(labels && { labels }) }] : [];
    }),
  }));
  return stringify({
    ...rest,
    global: { scrape_interval: interval, evaluation_interval: interval },
    rule_files: [join(rulesDirectory, '*.yml')],
    scrape_configs: jobs.filter(({ static_configs }) => static_configs.length > 0),
  });
}

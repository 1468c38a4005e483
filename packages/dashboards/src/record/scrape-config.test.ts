import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { parse } from 'yaml';

interface Service {
  networks?: string[];
  profiles?: string[];
}

const directory = join(workspaceRoot, 'docker');

/** Of all files of docker/compose.yaml. */
const services = Object.assign(
  {},
  ...readdirSync(directory)
    .filter((name) => name.startsWith('compose.'))
    .map((name) => {
      const text = readFileSync(join(directory, name), 'utf8');
      // The files have more aliases than the parser allows for texts that are not trusted.
      return (parse(text, { merge: true, maxAliasCount: -1 }) as { services: Record<string, Service> })
        .services;
    }),
) as Record<string, Service>;

const { scrape_configs: jobs } = parse(
  readFileSync(join(directory, 'prometheus', 'prometheus.yml'), 'utf8'),
  { merge: true },
) as { scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[] };

const networksOf = (name: string) => services[name]?.networks ?? [];

describe('docker/prometheus/prometheus.yml', () => {
  const targets = jobs.flatMap((job) => job.static_configs.flatMap((config) => config.targets));

  it('has the targets that alerts need', () => {
    const hosts = targets.map((target) => target.split(':')[0]);
    expect(hosts.sort()).toEqual([
      ...['alertmanager', 'gateway', 'order', 'payment', 'postgres-exporter', 'product'],
      ...['prometheus', 'reconcile', 'user'],
    ]);
  });

  it.each(targets)('%s is a service of docker/compose.yaml that Prometheus can reach', (target) => {
    const [host = ''] = target.split(':');
    expect(networksOf(host).filter((name) => networksOf('prometheus').includes(name))).not.toEqual([]);
    // Started whenever Prometheus is.
    expect([undefined, ['observability']]).toContainEqual(services[host]?.profiles);
  });
});

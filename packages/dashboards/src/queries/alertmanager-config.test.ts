import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { parse } from 'yaml';
import { readRules } from './rule-files';

interface Route {
  receiver: string;
  matchers?: string[];
  routes?: Route[];
}

const read = (file: string) => readFileSync(join(workspaceRoot, file), 'utf8');
const config = parse(read('docker/alertmanager/alertmanager.yml')) as {
  route: Route;
  receivers: { name: string; webhook_configs: { url_file: string }[] }[];
  inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
};
const withNested = (route: Route): Route[] => [route, ...(route.routes ?? []).flatMap(withNested)];
const routes = withNested(config.route);

describe('docker/alertmanager/alertmanager.yml', () => {
  it('names existing alerts only', () => {
    const matchers = [
      ...routes.flatMap((route) => route.matchers ?? []),
      ...config.inhibit_rules.flatMap((rule) => [...rule.source_matchers, ...rule.target_matchers]),
    ];
    const named = matchers.flatMap(
      (matcher) => /^alertname =~? "?([\w|]+)"?$/.exec(matcher)?.[1]?.split('|') ?? [],
    );
    const alerts = readRules().flatMap(({ alert }) => alert ?? []);

    expect(named).toContain('Watchdog');
    expect(named.filter((name) => !alerts.includes(name))).toEqual([]);
  });

  it('has a route for each receiver, whose file docs/deployment.md explains', () => {
    const names = config.receivers.map(({ name }) => name).sort();
    const files = config.receivers.flatMap((receiver) =>
      receiver.webhook_configs.map((webhook) => basename(webhook.url_file)),
    );

    expect([...new Set(routes.map(({ receiver }) => receiver))].sort()).toEqual(names);
    expect(files.filter((file) => !read('docs/deployment.md').includes(`secrets/${file}`))).toEqual([]);
  });

  it('sends Watchdog to a receiver of its own, before any route by severity', () => {
    expect(config.route.routes?.[0]).toMatchObject({
      matchers: ['alertname = Watchdog'],
      receiver: 'watchdog',
    });
  });
});

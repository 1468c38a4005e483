import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithProgram, requireProgram } from '@shop/testkit/optional-server';
import { parse, stringify } from 'yaml';

const promtool = { names: ['promtool'], variable: 'PROMTOOL' } as const;
const manifest = join(__dirname, '../../k8s/components/monitoring/prometheus-rule.yaml');
const cronJob = 'kube_cronjob_status_last_successful_time{namespace="shop", cronjob="reconcile"}';
const job = 'namespace="shop", job_name="reconcile-1"';

interface Rule {
  alert?: string;
}

/** Runs promtool: after 90 minutes, exactly the alerts with these labels fire. */
function testRules(series: Record<string, string>, alert: string, labels: object[]) {
  const directory = mkdtempSync(join(tmpdir(), 'rules-'));
  try {
    const { spec } = parse(readFileSync(manifest, 'utf8')) as { spec: { groups: { rules: Rule[] }[] } };
    const [rule] = spec.groups.flatMap(({ rules }) => rules).filter((each) => each.alert === alert);
    // The annotations would have to be repeated in each expectation.
    const rules = [{ ...rule, annotations: {} }];
    writeFileSync(join(directory, 'rules.yml'), stringify({ groups: [{ name: 'tested', rules }] }));
    const test = {
      rule_files: ['rules.yml'],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          alert_rule_test: [
            { eval_time: '90m', alertname: alert, exp_alerts: labels.map((exp_labels) => ({ exp_labels })) },
          ],
        },
      ],
    };
    writeFileSync(join(directory, 'test.yml'), stringify(test));
    const { status, stdout, stderr } = spawnSync(requireProgram(promtool), ['test', 'rules', 'test.yml'], {
      cwd: directory,
      encoding: 'utf8',
    });
    return { status, output: `${stdout}${stderr}` };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describeWithProgram(promtool, 'The alerts of reconcile in Kubernetes, where it is a CronJob', () => {
  const failed = `kube_job_failed{${job}, condition="true"}`;
  const notFailed = `kube_job_failed{${job}, condition="false"}`;
  const started = `kube_job_status_start_time{${job}}`;
  const failure = {
    [failed]: '1x100',
    [notFailed]: '0x100',
    [started]: '3600x100',
  };
  const passes = { status: 0, output: expect.any(String) as string };

  it.each([
    ['ReconcileStale', 'is silent while Jobs succeed', { [cronJob]: '0+60x100' }, []],
    ['ReconcileStale', 'fires if none has succeeded for an hour', { [cronJob]: '0x100' }, ['ticket']],
    ['ReconcileStale', 'fires without kube-state-metrics', { other: '0x100' }, ['ticket']],
    ['InvariantBreach', 'is silent while no Job fails', { [`kube_job_complete{${job}}`]: '1x100' }, []],
    [
      ...(['InvariantBreach', 'is silent while the condition of the Job is false'] as const),
      ...([{ ...failure, [failed]: '0x100', [notFailed]: '1x100' }, []] as const),
    ],
    ['InvariantBreach', 'is silent an hour later', { ...failure, [started]: '0x100' }, []],
  ])('%s %s', (alert, _rule, series, severities) => {
    const labels = severities.map((severity) => ({ severity }));
    expect(testRules(series as Record<string, string>, alert, labels)).toEqual(passes);
  });

  it('InvariantBreach fires for a Job that failed in the last hour', () => {
    const labels = [{ severity: 'page', job_name: 'reconcile-1' }];
    expect(testRules(failure, 'InvariantBreach', labels)).toEqual(passes);
  });
});

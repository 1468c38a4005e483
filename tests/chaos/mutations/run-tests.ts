import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckoutCopy } from './checkout-copy';
import type { NamedTest } from './mutant';

/** `not run`: there is no such test, or its file could not be loaded. */
export type TestOutcome = { kind: 'passed' } | { kind: 'failed' | 'not run'; detail: string };

interface JestReport {
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

/** Runs just these tests, in one run of Jest. Answers in the same order. */
export function runTests(copy: CheckoutCopy, tests: readonly NamedTest[]): TestOutcome[] {
  const reportFile = join(copy.directory, 'jest-report.json');
  rmSync(reportFile, { force: true });
  const { stdout, stderr } = copy.run('node_modules/jest/bin/jest.js', [
    ...['--json', `--outputFile=${reportFile}`, `--cacheDirectory=${join(copy.directory, '.jest-cache')}`],
    ...['--testNamePattern', tests.map(({ title }) => `^${escapePattern(title)}$`).join('|')],
    ...['--selectProjects', ...new Set(tests.map(({ project }) => project))],
    ...['--runTestsByPath', ...new Set(tests.map(({ file }) => file))],
  ]);
  const report = readReport(reportFile) ?? { testResults: [] };
  return tests.map(
    (test) =>
      outcomeOf(test, report, copy.directory) ?? { kind: 'not run', detail: lastLine(stderr || stdout) },
  );
}

function outcomeOf(
  { file, title }: NamedTest,
  report: JestReport,
  directory: string,
): TestOutcome | undefined {
  const ofFile = report.testResults.find(({ name }) => name === join(directory, file));
  const result = ofFile?.assertionResults.find(({ fullName }) => fullName === title);
  if (result?.status === 'passed') return { kind: 'passed' };
  if (result?.status === 'failed') return { kind: 'failed', detail: gist(result.failureMessages[0] ?? '') };
  return (
    ofFile && { kind: 'not run', detail: firstLine(ofFile.message) || 'there is no test with this title' }
  );
}

function readReport(file: string): JestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JestReport;
  } catch {
    return undefined;
  }
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
// Jest colours what it compares.
// eslint-disable-next-line no-control-regex
const plain = (text: string) => text.replace(/\u001b\[\d+m/g, '').trim();
const firstLine = (text: string) => plain(text).split('\n', 1)[0] ?? '';
/** What was expected and what came, where a failure says so in a line each. */
function gist(text: string): string {
  const lines = plain(text)
    .split('\n')
    .filter((line) => /^(Expected|Received)[^:]*: +\S/.test(line));
  return [firstLine(text), ...lines].join(' · ').slice(0, 200);
}
const lastLine = (text: string) => plain(text).split('\n').at(-1) ?? '';

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckoutCopy } from './checkout-copy';
import type { NamedTest } from './mutant';

/** `not run`: the test does not exist, or its file could not be loaded. */
export type TestOutcome = { kind: 'passed' } | { kind: 'failed' | 'not run'; detail: string };

interface JestReport {
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

/**
 * Runs only these tests, in one run of Jest.
 *
 * @returns the outcomes in the same order
 */
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
  if (result?.status === 'failed')
    return { kind: 'failed', detail: summaryOf(result.failureMessages[0] ?? '') };
  return (
    ofFile && { kind: 'not run', detail: firstLine(ofFile.message) || 'the file has no test with this title' }
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
// Jest colours the compared values.
// eslint-disable-next-line no-control-regex
const plain = (text: string) => text.replace(/\u001b\[\d+m/g, '').trim();
const firstLine = (text: string) => plain(text).split('\n', 1)[0] ?? '';
/** The first line of a failure, with its expected and received values if they are on one line each. */
function summaryOf(text: string): string {
  const lines = plain(text)
    .split('\n')
    .filter((line) => /^(Expected|Received)[^:]*: +\S/.test(line));
  return [firstLine(text), ...lines].join(' · ').slice(0, 200);
}
const lastLine = (text: string) => plain(text).split('\n').at(-1) ?? '';

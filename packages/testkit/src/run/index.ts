export { currentTestRun, publishTestRun, type TestRun } from './test-run';

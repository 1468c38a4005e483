export { expectInvariants, findViolations } from './invariants';

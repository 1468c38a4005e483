export { expectInvariants } from './invariants';

export { invariants, longestAllowanceMs } from './invariant';
export type { InvariantName, InvariantCheck, InvariantChecks } from './invariant';
export { checkEvent, checkWebhook } from './delivery';
export { checkMoney, checkProvider } from './money';
export { checkOrder } from './orders';
export { checkProduct } from './stock';

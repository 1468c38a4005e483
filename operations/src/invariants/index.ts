export { invariants, longestAllowanceMs } from './invariant';
export type { InvariantName, Verdict, Verdicts } from './invariant';
export { judgeEvent, judgeWebhook } from './delivery';
export { judgeMoney, judgeProvider } from './money';
export { judgeOrder } from './orders';
export { judgeProduct } from './stock';

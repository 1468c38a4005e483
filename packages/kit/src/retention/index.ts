export type { RetentionRule } from './retention-rule';
export { startRetention } from './start-retention';
export type { Retention } from './start-retention';
export { defineRetention, idempotencyRetention } from './retention-settings';

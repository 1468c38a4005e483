import type { SubgraphName } from '@shop/local-stack/stack';
import type { Scenario } from '../clients/scenario';

/**
 * A place before or after a commit of the saga at which a process can be killed; a file of that
 * name arms it.
 */
export interface Boundary {
  /** `<step>.before-commit` or `<step>.after-commit`. */
  name: string;
  service: SubgraphName;
  /** Scenarios that reach it. */
  reachedBy: readonly Scenario[];
  /** Share of the kills of its commit: half per side, or all if there is one side only. */
  share: number;
}

const both = ['before-commit', 'after-commit'] as const;

function boundary(
  step: string,
  reachedBy: readonly Scenario[],
  sides: readonly (typeof both)[number][] = both,
): Boundary[] {
  const service = step.slice(0, step.indexOf('.')) as SubgraphName;
  return sides.map((side) => ({ name: `${step}.${side}`, service, reachedBy, share: 1 / sides.length }));
}

/** Every commit of the saga, before and after it, in the order of the state machine. */
export const boundaries: readonly Boundary[] = [
  ...boundary('order.draft_opened', ['buy']),
  ...boundary('product.stock_reserved', ['buy']),
  ...boundary('order.stock_reserved', ['buy']),
  ...boundary('order.reservation_rejected', ['out_of_stock']),
  ...boundary('order.payment_started', ['buy']),
  ...boundary('payment.attempt_opened', ['buy']),
  ...boundary('payment.attempt_decided', ['buy']),
  // Claimed with other due rows: before the commit the process is idle.
  ...boundary('payment.visit_begun', ['response_lost', 'processing', 'authenticated'], ['after-commit']),
  ...boundary('order.payment_succeeded', ['buy']),
  ...boundary('order.payment_failed', ['declined', 'authentication_failed']),
  ...boundary('order.payment_not_sent', ['provider_unavailable']),
  ...boundary('order.payment_not_possible', ['not_possible']),
  // A single statement commits by itself; "before" would be the same as before the call.
  ...boundary('product.stock_committed', ['buy']),
  ...boundary('order.stock_committed', ['buy']),
  ...boundary('order.cancelled', ['cancel']),
  ...boundary('payment.refund_begun', ['admin_cancel']),
  ...boundary('payment.refund_tried', ['admin_cancel'], ['after-commit']),
  ...boundary('payment.refund_postponed', ['refund_pending']),
  ...boundary('payment.refund_failed', ['refund_failed']),
  ...boundary('payment.refunded', ['admin_cancel']),
  ...boundary('order.refund_started', ['refund_pending']),
  ...boundary('order.charge_refunded', ['admin_cancel']),
  ...boundary('order.refund_failed', ['refund_failed']),
  ...boundary('product.stock_released', ['cancel', 'declined']),
  ...boundary('order.stock_released', ['cancel', 'declined']),
  ...boundary('order.time_passed', ['leave']),
];

import { commitStep, statement } from '@shop/kit/database';
import { assertDeadlineNotExceeded } from '@shop/kit/deadline';
import type { DataSource } from 'typeorm';
import type { LimitReached, OpenOrderLimits } from '../state/open-order-limits';
import type { OrderLine } from '../state/order-line';
import { longestDraftSeconds } from './expiry';
import type { OrderRow } from './order-columns';

export interface NewDraft {
  id: string;
  userId: string;
  lines: OrderLine[];
  key: string | null;
  requestHash: Buffer;
  /** Null for a customer without limits. */
  limits: OpenOrderLimits | null;
  /** Delay until the draft is due for the poller. */
  dueInMs: number;
}

/** `KEY_USED`: an earlier request used the idempotency key. */
export type OpenedDraft = { kind: 'OPENED'; draft: OrderRow } | { kind: 'KEY_USED' } | LimitReached;

interface OpenedRow {
  kind: OpenedDraft['kind'];
  current: number;
  productId: string;
  openedAt: Date;
}

/** Migration 1795900000001 creates the function. */
const openDraft = statement(
  'DraftRepository.open',
  `SELECT kind, current, product_id AS "productId", opened_at AS "openedAt"
     FROM open_draft($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);

/** Drafts: orders whose stock is not reserved yet. */
export class DraftRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Claims the key, checks the limits and inserts the draft, or changes nothing. Concurrent calls
   * of one customer are serialized, so that each counts the drafts of the others.
   */
  async open(draft: NewDraft): Promise<OpenedDraft> {
    const { id, userId, lines, key, requestHash, limits, dueInMs } = draft;
    const values = [
      ...[id, userId, JSON.stringify(lines), key, requestHash],
      ...[limits?.ordersPerCustomer ?? null, limits?.unitsPerProduct ?? null, longestDraftSeconds, dueInMs],
    ];
    const step = 'order.draft_opened';
    const [opened] = await commitStep<OpenedRow>(
      this.dataSource,
      step,
      openDraft,
      values,
      assertDeadlineNotExceeded,
    );
    const { kind, current, productId, openedAt } = opened!;
    switch (kind) {
      case 'OPENED':
        return { kind, draft: draftRow(draft, openedAt) };
      case 'KEY_USED':
        return { kind };
      case 'TOO_MANY_OPEN_ORDERS':
        return { kind, limit: limits!.ordersPerCustomer, current };
      case 'TOO_MANY_HELD_UNITS': {
        const requested = lines.find((line) => line.productId === productId)!.quantity;
        return { kind, limit: limits!.unitsPerProduct, current, productId, requested };
      }
      default:
        return kind satisfies never;
    }
  }
}

function draftRow({ id, userId, lines: draftLines }: NewDraft, openedAt: Date): OrderRow {
  return {
    ...{ id, userId, draftLines, createdAt: openedAt, updatedAt: openedAt, version: 0, isOverdue: false },
    ...{ step: 'RESERVING', status: null, attempt: 0, unreachableAttempts: 0, attemptResumed: false },
    ...{ paymentMethod: null, returnUrl: null, paymentId: null, cancelReason: null, refundRevision: 0 },
    ...{ currency: null, totalCents: null, expiresAt: null },
  };
}

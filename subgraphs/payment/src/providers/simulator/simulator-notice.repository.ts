import { createHash, randomUUID } from 'node:crypto';
import { query, statement } from '@shop/kit/database';
import type { DueTable } from '@shop/kit/due-rows';
import type { DataSource } from 'typeorm';

type SimulatorNoticeType =
  'charge.succeeded' | 'charge.declined' | 'charge.refunded' | 'charge.refund_failed';

/** One planned delivery of a webhook, as input of `insertNotices`. */
interface PlannedNotice {
  notice_id: string;
  type: SimulatorNoticeType;
  /** Unix seconds. */
  created: number;
  after_ms: number;
}

/** Plans the webhooks about a change of the charge `key`, to be sent `afterMs` after the change. */
export type Announce = (type: SimulatorNoticeType, key: string, afterMs: number) => PlannedNotice[];

export const announceNothing: Announce = () => [];

/** @param isChaotic each webhook is sent twice, delayed by up to three seconds, so out of order */
export function createAnnouncer({ seed, isChaotic }: { seed: string; isChaotic: boolean }): Announce {
  return (type, key, afterMs) => {
    const created = Math.floor((Date.now() + afterMs) / 1_000);
    const notice = { notice_id: `sim_evt_${randomUUID()}`, type, created };
    const delays = isChaotic ? chaoticDelaysMs(`${seed}:${type}:${key}`) : [0];
    return delays.map((delayMs) => ({ ...notice, after_ms: afterMs + delayMs }));
  };
}

/**
 * SQL of a WITH item that stores planned webhooks in the statement of the change.
 *
 * @param parameter JSON of the planned webhooks
 * @param changed the WITH item with `key` and `order_id` of the charge; without a row, nothing is
 *   stored
 */
export function insertNotices(parameter: string, changed: string): string {
  return `INSERT INTO simulator.notices (notice_id, type, created, key, order_id, due_at)
          SELECT notice_id, type, created, ${changed}.key, ${changed}.order_id,
                 clock_timestamp() + after_ms * interval '1 millisecond'
            FROM ${changed}, jsonb_to_recordset(${parameter}::jsonb)
                   AS planned (notice_id text, type text, created bigint, after_ms float8)`;
}

/** Deterministic for a seed. */
function chaoticDelaysMs(seed: string): number[] {
  const digest = createHash('sha256').update(seed).digest();
  return [digest.readUInt16BE(0) % 3_000, digest.readUInt16BE(2) % 3_000];
}

/** One delivery of a webhook. Deliveries of the same webhook have the same `noticeId`. */
export interface DueNotice {
  id: string;
  noticeId: string;
  type: SimulatorNoticeType;
  /** Of the charge. */
  key: string;
  orderId: string;
  /** Unix seconds. */
  created: number;
}

/** Webhooks that have not been accepted yet. */
export const dueNotices: Omit<DueTable, 'leaseMs'> = {
  table: 'simulator.notices',
  key: { id: 'uuid' },
  columns: 'due_row.id, notice_id AS "noticeId", type, key, order_id AS "orderId", created',
};

const markSent = statement(
  'SimulatorNoticeRepository.markSent',
  'UPDATE simulator.notices SET due_at = NULL, sent_at = now() WHERE id = $1',
);

const postpone = statement(
  'SimulatorNoticeRepository.postpone',
  `UPDATE simulator.notices SET due_at = now() + $2 * interval '1 millisecond' WHERE id = $1 AND sent_at IS NULL`,
);

/** The table `simulator.notices`. */
export class SimulatorNoticeRepository {
  constructor(private readonly dataSource: DataSource) {}

  async markSent(id: string): Promise<void> {
    await query(this.dataSource, markSent, [id]);
  }

  /** @param pauseMs until the next try; null: no further try */
  async postpone(id: string, pauseMs: number | null): Promise<void> {
    await query(this.dataSource, postpone, [id, pauseMs]);
  }
}

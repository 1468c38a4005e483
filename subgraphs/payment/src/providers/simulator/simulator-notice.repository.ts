import { query, statement } from '@shop/kit/database';
import type { DueTable } from '@shop/kit/due-rows';
import type { DataSource } from 'typeorm';
import type { SimulatorNoticeType } from './simulator-notices';

/**
 * One delivery of a webhook of the simulator; deliveries of the same webhook have the same
 * `noticeId`.
 */
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

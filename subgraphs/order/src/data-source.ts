import { connectService, type DatabaseSettings, type ServiceDatabase } from '@shop/kit/database';
import { CreateOrders1795374000000 } from './migrations/1795374000000-create-orders';
import { NoteWhenOrdersMoved1795400000000 } from './migrations/1795400000000-note-when-orders-moved';
import { CreateEventDeliveries1795410000000 } from './migrations/1795410000000-create-event-deliveries';
import { IndexOpenOrders1795430000000 } from './migrations/1795430000000-index-open-orders';
import { ReadOrdersByIndex1795700000000 } from './migrations/1795700000000-read-orders-by-index';
import { KeepReconcileWatermark1795700000001 } from './migrations/1795700000001-keep-reconcile-watermark';
import { CountUnreachedAttempts1795700000002 } from './migrations/1795700000002-count-unreached-attempts';
import { KeepReturnUrl1795800000002 } from './migrations/1795800000002-keep-return-url';
import { ShowRefundRevisions1795800000012 } from './migrations/1795800000012-show-refund-revisions';
import { WorkInRows1795900000000 } from './migrations/1795900000000-work-in-rows';
import { OpenDraftsInOneStatement1795900000001 } from './migrations/1795900000001-open-drafts-in-one-statement';
import { IndexDueOrders1795900000002 } from './migrations/1795900000002-index-due-orders';
import { FindOldIdempotencyKeys1795900000030 } from './migrations/1795900000030-find-old-idempotency-keys';
import { DeliverEventsByDueRows1795900000060 } from './migrations/1795900000060-deliver-events-by-due-rows';
import { DropJobQueue1795900000070 } from './migrations/1795900000070-drop-job-queue';
import { TraceTimelineEntries1795900000080 } from './migrations/1795900000080-trace-timeline-entries';
import { KeepTraceOfOrders1795900000090 } from './migrations/1795900000090-keep-trace-of-orders';
import { OrderEventEntity, OrderItemEntity } from './order/persistence/order-details.repository';
import { OrderEntity } from './order/persistence/order.entity';

/** Entities and migrations of the database `orders`. */
export const orderDatabase = {
  service: 'order',
  entities: [OrderEntity, OrderItemEntity, OrderEventEntity],
  migrations: [
    CreateOrders1795374000000,
    NoteWhenOrdersMoved1795400000000,
    CreateEventDeliveries1795410000000,
    IndexOpenOrders1795430000000,
    ReadOrdersByIndex1795700000000,
    KeepReconcileWatermark1795700000001,
    CountUnreachedAttempts1795700000002,
    KeepReturnUrl1795800000002,
    ShowRefundRevisions1795800000012,
    WorkInRows1795900000000,
    OpenDraftsInOneStatement1795900000001,
    IndexDueOrders1795900000002,
    FindOldIdempotencyKeys1795900000030,
    DeliverEventsByDueRows1795900000060,
    DropJobQueue1795900000070,
    TraceTimelineEntries1795900000080,
    KeepTraceOfOrders1795900000090,
  ],
} satisfies ServiceDatabase;

/** Returns a connected data source. The caller must destroy it. */
export const connect = (settings: DatabaseSettings) => connectService(orderDatabase, settings);

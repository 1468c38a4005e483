import { connectService, type DatabaseSettings, type ServiceDatabase } from '@shop/kit/database';
import { CreatePayments1795300000000 } from './migrations/1795300000000-create-payments';
import { CreateSimulator1795300000001 } from './migrations/1795300000001-create-simulator';
import { CreateWebhooks1795300000002 } from './migrations/1795300000002-create-webhooks';
import { CreateEventDeliveries1795410000000 } from './migrations/1795410000000-create-event-deliveries';
import { FindChangedPayments1795700000000 } from './migrations/1795700000000-find-changed-payments';
import { WaitForAuthentication1795800000000 } from './migrations/1795800000000-wait-for-authentication';
import { SimulateAuthentication1795800000001 } from './migrations/1795800000001-simulate-authentication';
import { TrackRefunds1795800000010 } from './migrations/1795800000010-track-refunds';
import { SimulateRefundStates1795800000011 } from './migrations/1795800000011-simulate-refund-states';
import { CreateSettlements1795800000030 } from './migrations/1795800000030-create-settlements';
import { CreateConfiguredProviders1795800000031 } from './migrations/1795800000031-create-configured-providers';
import { KeepProviderWatermark1795800000032 } from './migrations/1795800000032-keep-provider-watermark';
import { FingerprintProviderCredentials1795800000033 } from './migrations/1795800000033-fingerprint-provider-credentials';
import { MakeRowsDue1795900000010 } from './migrations/1795900000010-make-rows-due';
import { IndexDueRows1795900000011 } from './migrations/1795900000011-index-due-rows';
import { FindOldNotices1795900000045 } from './migrations/1795900000045-find-old-notices';
import { DeliverEventsByDueRows1795900000060 } from './migrations/1795900000060-deliver-events-by-due-rows';
import { DropJobQueue1795900000070 } from './migrations/1795900000070-drop-job-queue';
import { Payment } from './payment/payment.entity';
import { Refund } from './refund/refund.entity';
import { Settlement } from './settlement/settlement.entity';
import { Webhook } from './webhooks/webhook.entity';

/** Entities and migrations of the database `payments`. */
export const paymentDatabase = {
  service: 'payment',
  entities: [Payment, Refund, Settlement, Webhook],
  migrations: [
    CreatePayments1795300000000,
    CreateSimulator1795300000001,
    CreateWebhooks1795300000002,
    CreateEventDeliveries1795410000000,
    FindChangedPayments1795700000000,
    WaitForAuthentication1795800000000,
    SimulateAuthentication1795800000001,
    TrackRefunds1795800000010,
    SimulateRefundStates1795800000011,
    CreateSettlements1795800000030,
    CreateConfiguredProviders1795800000031,
    KeepProviderWatermark1795800000032,
    FingerprintProviderCredentials1795800000033,
    MakeRowsDue1795900000010,
    IndexDueRows1795900000011,
    FindOldNotices1795900000045,
    DeliverEventsByDueRows1795900000060,
    DropJobQueue1795900000070,
  ],
} satisfies ServiceDatabase;

/** Returns a connected data source. The caller must destroy it. */
export const connect = (settings: DatabaseSettings) => connectService(paymentDatabase, settings);

import { connectService, type DatabaseSettings, type ServiceDatabase } from '@shop/kit/database';
import { User } from './users/user.entity';
import { CreateUsers1795374000000 } from './migrations/1795374000000-create-users';
import { CreateEventDeliveries1795410000000 } from './migrations/1795410000000-create-event-deliveries';
import { FindRevokedSessions1795600000000 } from './migrations/1795600000000-find-revoked-sessions';
import { RememberRegistrationKeys1795700000000 } from './migrations/1795700000000-remember-registration-keys';
import { DeriveSuccessors1795800000040 } from './migrations/1795800000040-derive-successors';
import { DeliverEventsByDueRows1795900000060 } from './migrations/1795900000060-deliver-events-by-due-rows';
import { DropJobQueue1795900000070 } from './migrations/1795900000070-drop-job-queue';
import { Session } from './sessions/session.entity';

/** Entities and migrations of the database `users`. */
export const userDatabase = {
  service: 'user',
  entities: [User, Session],
  migrations: [
    CreateUsers1795374000000,
    CreateEventDeliveries1795410000000,
    FindRevokedSessions1795600000000,
    RememberRegistrationKeys1795700000000,
    DeriveSuccessors1795800000040,
    DeliverEventsByDueRows1795900000060,
    DropJobQueue1795900000070,
  ],
} satisfies ServiceDatabase;

/** Connected; destroy it at the end. */
export const connect = (settings: DatabaseSettings) => connectService(userDatabase, settings);

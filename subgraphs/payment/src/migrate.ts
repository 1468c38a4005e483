import { migrate } from '@shop/kit/subgraph';
import { loadMigrateSettings } from './config';
import { paymentDatabase } from './data-source';

void migrate({ loadSettings: loadMigrateSettings, database: paymentDatabase });

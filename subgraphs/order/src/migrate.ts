import { migrate } from '@shop/kit/subgraph';
import { loadMigrateSettings } from './config';
import { orderDatabase } from './data-source';

void migrate({ loadSettings: loadMigrateSettings, database: orderDatabase });

import { migrate } from '@shop/kit/subgraph';
import { loadMigrateSettings } from './config';
import { userDatabase } from './data-source';

void migrate({ loadSettings: loadMigrateSettings, database: userDatabase });

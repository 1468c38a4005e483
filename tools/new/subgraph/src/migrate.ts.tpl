import { migrate } from '@shop/kit/subgraph';
import { loadMigrateSettings } from './config';
import { __name__Database } from './data-source';

void migrate({ loadSettings: loadMigrateSettings, database: __name__Database });

import { migrate } from '@shop/kit/subgraph';
import { loadMigrateSettings } from './config';
import { productDatabase } from './data-source';

void migrate({ loadSettings: loadMigrateSettings, database: productDatabase });

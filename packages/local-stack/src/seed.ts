import { prepareFromCommandLine } from './terminal/prepare-from-command-line';

// Migrated first: a seed fits the newest schema only.
void prepareFromCommandLine(['migrate', 'seed']);

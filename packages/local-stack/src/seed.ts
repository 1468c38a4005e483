import { prepareFromCommandLine } from './terminal/prepare-from-command-line';

// Migrates first, because a seed requires the newest schema.
void prepareFromCommandLine(['migrate', 'seed']);

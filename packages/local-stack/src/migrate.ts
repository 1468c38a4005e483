import { prepareFromCommandLine } from './terminal/prepare-from-command-line';

void prepareFromCommandLine(['migrate']);

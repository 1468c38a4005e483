import { followSources } from './dev-loop';
import { runStack } from './terminal';

// `npm run dev`: a stack whose services start again when their code changes.
void runStack({ fresh: process.argv.includes('--fresh') }).then(followSources);

import { followSources } from './dev-loop';
import { runStack } from './terminal';

// `npm run dev`: a stack whose services restart when their code changes.
void runStack().then(followSources);

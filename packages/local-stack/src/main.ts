import { runStack } from './terminal';

// `npm start`; `-- --fresh` begins with an empty DATA_DIR.
void runStack();

import { runStack } from './terminal';

// `npm start`; `-- --fresh` starts with an empty DATA_DIR.
void runStack();

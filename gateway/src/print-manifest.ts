import { manifestOf, manifestText } from './persisted/manifest';
import { repositoryOperations } from './persisted/repository-operations';

/** Used by `npm run generate` to write persisted-operations.json. */
process.stdout.write(manifestText(manifestOf(repositoryOperations())));

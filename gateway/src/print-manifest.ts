import { manifestOf, manifestText } from './persisted/manifest';
import { repositoryOperations } from './persisted/repository-operations';

/** `npm run generate` writes persisted-operations.json with it. */
process.stdout.write(manifestText(manifestOf(repositoryOperations())));

import { repositoryOperations, manifestOf, manifestText } from './persisted/manifest';

/** Used by `npm run generate` to write persisted-operations.json. */
process.stdout.write(manifestText(manifestOf(repositoryOperations())));

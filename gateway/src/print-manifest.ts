import { manifestOf, manifestText } from './persisted/manifest';
import { repositoryOperations } from './persisted/repository-operations';

/** `npm run persisted -w gateway` keeps persisted-operations.json with it. */
process.stdout.write(manifestText(manifestOf(repositoryOperations())));

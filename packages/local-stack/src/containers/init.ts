import { ensureContainerSecrets } from './container-secrets';
import { exitWith } from '../stack-error';

/** Where docker/compose.yaml mounts the volumes of secrets. */
const volumes = '/volumes';

ensureContainerSecrets(volumes).catch(exitWith);

import { get } from 'node:http';
import { containerSettings } from './config';

/** The health check of a container: exit code 0 if its service is ready. */
get({ host: '127.0.0.1', port: containerSettings.port, path: '/readyz', timeout: 3_000 }, ({ statusCode }) =>
  process.exit(statusCode === 200 ? 0 : 1),
)
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1));

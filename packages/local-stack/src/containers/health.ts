import { get } from 'node:http';
import { containerSettings } from './config';

/** The health check of a container: exit code 0 if its service is ready. */
function checkHealth(port: string): void {
  const url = `http://127.0.0.1:${port}/readyz`;
  const request = get(url, { timeout: 3_000 }, ({ statusCode }) =>
    exit(statusCode === 200 ? 0 : 1, `${url}: status ${statusCode}`),
  );
  request
    .on('timeout', () => request.destroy(new Error('no response in 3 s')))
    .on('error', ({ message }) => exit(1, `${url}: ${message}`));
}

/** `docker inspect` shows the line. */
function exit(code: number, line: string): void {
  process.stdout.write(`${line}\n`, () => process.exit(code));
}

const { port, service } = containerSettings;
if (port) checkHealth(port);
else exit(1, `PORT is not set (SERVICE=${service ?? ''}): set it to the port that the service listens on`);

import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { recordOf, type ServiceName, serviceNames } from '@shop/local-stack/stack';
import { currentTestRun } from '@shop/testkit/run';

const recorder = pathToFileURL(join(__dirname, 'record-routes.mjs')).href;

export interface RouteRecorder {
  /** Settings with which each service records its routes. */
  serviceEnv: Record<ServiceName, Record<string, string>>;
  /** `GET /healthz` and so on, sorted, without the HEAD routes that Fastify adds. */
  routesOf(service: ServiceName): string[];
}

/** Records the routes at run time, because a list in the code can be incomplete. */
export function recordRoutes(): RouteRecorder {
  const directory = mkdtempSync(join(currentTestRun().directory, 'routes-'));
  const fileOf = (service: ServiceName) => join(directory, service);
  return {
    serviceEnv: recordOf(serviceNames, (service) => ({
      NODE_OPTIONS: `--import ${recorder}`,
      RECORDED_ROUTES_FILE: fileOf(service),
    })),
    routesOf(service) {
      const lines = new Set(readFileSync(fileOf(service), 'utf8').trim().split('\n'));
      const isAddedHead = (line: string) =>
        line.startsWith('HEAD ') && lines.has(line.replace('HEAD', 'GET'));
      return [...lines].filter((line) => !isAddedHead(line)).sort();
    },
  };
}

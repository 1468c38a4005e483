import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { inheritedEnvironment } from '@shop/local-stack/config';
import { workspaceRoot } from '@shop/local-stack/stack';
import { createServerProcess, findProgram } from '@shop/testkit/optional-server';

const exporterProgram = {
  names: ['prometheus-postgres-exporter', 'postgres_exporter'],
  variable: 'POSTGRES_EXPORTER_BIN',
} as const;

/** Starts postgres-exporter for these databases; undefined if it is not installed. */
export async function startPostgresExporter(databaseUrls: readonly string[]) {
  const program = findProgram(exporterProgram);
  if (!program) return undefined;
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  const server = createServerProcess({
    program,
    args: [
      `--web.listen-address=${address}`,
      `--extend.query-path=${join(workspaceRoot, 'docker', 'postgres-exporter', 'queries.yaml')}`,
      '--disable-default-metrics',
      '--disable-settings-metrics',
    ],
    env: {
      ...inheritedEnvironment,
      DATA_SOURCE_NAME: databaseUrls.map((url) => `${url}?sslmode=disable`).join(','),
    },
    isReady: async () => {
      await fetch(`http://${address}/metrics`);
    },
  });
  await server.start();
  return { address, stop: () => server.kill() };
}

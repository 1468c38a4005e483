import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { inheritedEnvironment } from '@shop/local-stack/config';
import { workspaceRoot } from '@shop/local-stack/stack';
import { createServerProcess, findProgram } from '@shop/testkit/optional-server';

export const exporterProgram = {
  names: ['prometheus-postgres-exporter', 'postgres_exporter'],
  variable: 'POSTGRES_EXPORTER_BIN',
} as const;

/** Starts postgres-exporter for all databases of a server; undefined if it is not installed. */
export async function startPostgresExporter(superuserUrl: string) {
  const program = findProgram(exporterProgram);
  if (!program) return undefined;
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  const server = createServerProcess({
    program,
    args: [
      `--web.listen-address=${address}`,
      `--extend.query-path=${join(workspaceRoot, 'docker', 'postgres-exporter', 'queries.yaml')}`,
      '--auto-discover-databases',
      '--disable-default-metrics',
      '--disable-settings-metrics',
    ],
    env: {
      ...inheritedEnvironment,
      ...dataSource(new URL(superuserUrl)),
    },
    isReady: async () => {
      await fetch(`http://${address}/metrics`);
    },
  });
  await server.start();
  return { address, stop: () => server.kill() };
}

/** As docker/compose.observability.yaml sets it. */
const dataSource = ({ host, username, password, pathname }: URL) => ({
  DATA_SOURCE_URI: `${host}${pathname}?sslmode=disable`,
  DATA_SOURCE_USER: username,
  DATA_SOURCE_PASS: password,
});

import { join } from 'node:path';
import { inheritedEnvironment } from '@shop/local-stack/config';
import { freePorts } from '@shop/local-stack/ports';
import { type Stack, workspaceRoot } from '@shop/local-stack/stack';
import { createServerProcess } from '@shop/testkit/optional-server';

/** Starts `npm run reconcile -- --serve`, as the service `reconcile` of docker/compose.yaml. */
export async function serveReconcile(stack: Stack, everySeconds: number) {
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  const main = join(workspaceRoot, 'operations', 'dist', 'main.js');
  const server = createServerProcess({
    program: process.execPath,
    args: [main, 'reconcile', '--serve', address, '--every', String(everySeconds)],
    env: { ...inheritedEnvironment, DATA_DIR: stack.dataDir },
    isReady: async () => {
      await fetch(`http://${address}/metrics`);
    },
  });
  await server.start();
  return { address, stop: () => server.kill() };
}

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { inheritedEnvironment } from '@shop/local-stack/config';
import { freePorts } from '@shop/local-stack/ports';
import { type Stack, workspaceRoot } from '@shop/local-stack/stack';

const run = promisify(execFile);

/** Serves the output of `npm run reconcile -- --prometheus`, as a textfile collector does. */
export async function serveReconcile(stack: Stack) {
  let text = '';
  const [port = 0] = await freePorts(1);
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/plain').end(text),
  );
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    async reconcile(): Promise<void> {
      const program = ['operations/dist/main.js', 'reconcile', '--prometheus'];
      const env = { ...inheritedEnvironment, DATA_DIR: stack.dataDir };
      // Exit code 1 is a breach, which is part of the metrics.
      const output = await run(process.execPath, program, { cwd: workspaceRoot, env }).catch(
        (error: { stdout: string }) => error,
      );
      text = output.stdout;
    },
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

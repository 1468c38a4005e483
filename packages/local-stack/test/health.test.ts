import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { workspaceRoot } from '@shop/local-stack/stack';

const program = join(workspaceRoot, 'packages/local-stack/dist/containers/health.js');

async function check(env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit') as Promise<[number]>;
  const [output, [code]] = await Promise.all([text(child.stdout), exited]);
  return { code, output };
}

describe('The health check of a container', () => {
  it.each([
    [200, 0],
    [503, 1],
  ])('exits for status %i of /readyz with %i', async (status, code) => {
    const server = createServer(({ url }, response) => {
      response.writeHead(url === '/readyz' ? status : 404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const result = await check({ SERVICE: 'order', PORT: String(port) });
    server.close();

    expect(result).toEqual({ code, output: `http://127.0.0.1:${port}/readyz: status ${status}\n` });
  });

  it("uses the gateway's default without PORT", async () => {
    const { output } = await check({ SERVICE: 'gateway', PORT: '' });

    expect(output).toMatch(/^http:\/\/127\.0\.0\.1:8080\/readyz: /);
  });

  it.each(['order', undefined])('fails for SERVICE=%s without PORT, and says so', async (service) => {
    expect(await check(service ? { SERVICE: service } : {})).toEqual({
      code: 1,
      output: `PORT is not set (SERVICE=${service ?? ''}): set it to the port that the service listens on\n`,
    });
  });
});

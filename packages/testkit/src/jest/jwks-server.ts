import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readKeyRing } from '@shop/kit/auth';

/** Serves the public signing keys like the user subgraph. */
export async function startJwksServer(signingKeysDir: string): Promise<{ server: Server; url: string }> {
  const body = JSON.stringify(readKeyRing(signingKeysDir).jwks);
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json` };
}

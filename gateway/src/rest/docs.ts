import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { openapiDocument } from './openapi/document';
import { openapiYaml } from './openapi/yaml';
import { documentedRoutes } from './routes';

const pageDirectory = join(__dirname, '..', '..', 'docs-page');

const assets = [
  { url: '/docs', file: 'index.html', type: 'text/html; charset=utf-8' },
  { url: '/docs/docs.js', file: 'docs.js', type: 'text/javascript; charset=utf-8' },
  { url: '/docs/docs.css', file: 'docs.css', type: 'text/css; charset=utf-8' },
];

// The page loads nothing from other hosts and calls no other host.
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'";

/** /openapi.json, /openapi.yaml and /docs, a page to read and try the routes. */
export async function addDocs(app: FastifyInstance): Promise<void> {
  const document = openapiDocument(documentedRoutes);
  const yaml = openapiYaml(document);
  app.get('/openapi.json', () => document);
  app.get('/openapi.yaml', (_request, reply) => reply.type('application/yaml; charset=utf-8').send(yaml));
  for (const { url, file, type } of assets) {
    const content = await readFile(join(pageDirectory, file));
    app.get(url, (_request, reply) =>
      reply.type(type).header('content-security-policy', pagePolicy).send(content),
    );
  }
}

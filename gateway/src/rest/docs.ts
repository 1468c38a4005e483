import { randomBytes } from 'node:crypto';
import { fastify, type FastifyInstance } from 'fastify';
import { openapiDocument, openapiYaml } from './openapi/document';
import { documentedRoutes } from './routes/index';
import { problemTypes } from './shapes/problem-types';

const noncePlaceholder = 'nonce-of-this-response';

/** /openapi.json, /openapi.yaml and /docs: the API reference, where each route can be tried. */
export function addDocs(app: FastifyInstance): void {
  const document = openapiDocument(documentedRoutes);
  const yaml = openapiYaml(document);
  app.get('/openapi.json', () => document);
  app.get('/openapi.yaml', (_request, reply) => reply.type('application/yaml; charset=utf-8').send(yaml));

  let rendered: ReturnType<typeof renderReference> | undefined;
  const reference = () => (rendered ??= renderReference());
  app.get('/docs', async (_request, reply) => {
    const nonce = randomBytes(16).toString('base64');
    const { html } = await reference();
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policyWith(nonce))
      .send(html.replaceAll(noncePlaceholder, nonce));
  });
  app.get('/docs/scalar.js', async (_request, reply) => {
    const { script } = await reference();
    return reply
      .type('text/javascript; charset=utf-8')
      .header('cache-control', 'public, max-age=3600')
      .send(script);
  });
}

/** Called for the first request of /docs: the plugin is imported with its script, which is 5 MB. */
async function renderReference(): Promise<{ html: string; script: Buffer }> {
  const { default: apiReference } = await import('@scalar/fastify-api-reference');
  // The plugin adds routes, which a server that listens does not accept.
  const app = fastify();
  await app.register(apiReference, {
    routePrefix: '/docs',
    configuration: {
      pageTitle: 'Supergraph shop: REST API',
      favicon: 'data:,',
      cdn: '/docs/scalar.js',
      nonce: noncePlaceholder,
      sources: [{ slug: 'rest', content: documentWithErrorCodes() }],
      // The browser calls this function: `type` of a problem is `/docs#code`.
      generateHeadingSlug: ({ slug }) => `rest/${slug?.replaceAll('-', '_')}`,
      generateOperationSlug: ({ operationId }) => String(operationId),
      // Everything below would connect to hosts of Scalar.
      telemetry: false,
      withDefaultFonts: false,
      showDeveloperTools: 'never',
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
  const [page, script] = await Promise.all([app.inject('/docs/'), app.inject('/docs/js/scalar.js')]);
  return { html: page.body, script: script.rawPayload };
}

/** Scalar does not show `x-problem-codes`, so the introduction lists the codes under headings. */
function documentWithErrorCodes(): Record<string, unknown> {
  const document = openapiDocument(documentedRoutes);
  const codes = Object.entries(problemTypes).map(
    // Without underscores, which the sidebar reads as emphasis.
    ([code, { status, title, meaning }]) =>
      `## ${code.replaceAll('_', ' ')}\n\n\`${code}\`: ${status} ${title}. ${meaning}`,
  );
  const description = [document.info.description, '# Error codes', ...codes].join('\n\n');
  return { ...document, info: { ...document.info, description } };
}

/** Prevents the page from loading from or connecting to other hosts. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    // Components of Scalar write styles without a nonce.
    "style-src 'unsafe-inline'",
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

import { randomBytes } from 'node:crypto';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { type GraphQLSchema, printSchema } from 'graphql';
import { type ExplorerOperation, explorerValues, readExplorerOperations } from './operations';

/**
 * /graphiql: Altair, an explorer that works offline. /schema.graphql: the API schema with its
 * descriptions. Both reveal what introspection reveals, so register them only if it is enabled.
 */
export async function addExplorer(app: FastifyInstance, schema: () => GraphQLSchema): Promise<void> {
  // Imported here, because production does not need it.
  const altair = await import('altair-static');
  const page = createExplorerPage(altair, await readExplorerOperations());
  app.get('/graphiql', (_request, reply) => {
    const { html, policy } = page();
    return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(html);
  });
  await app.register(fastifyStatic, {
    root: altair.getDistDirectory(),
    prefix: '/graphiql/',
    index: false,
    // These files are for plugins and for scripts that need eval; neither is used.
    allowedPath: (path) => !altair.isSandboxFrame(path),
  });
  app.get('/schema.graphql', (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(`${printSchema(schema()).trim()}\n`),
  );
}

type Altair = Pick<typeof import('altair-static'), 'renderAltair'>;

/** The HTML of Altair for /graphiql, with a new nonce for each response. */
interface ExplorerPage {
  html: string;
  /** Value of the Content-Security-Policy header. */
  policy: string;
}

const noncePlaceholder = 'nonce-of-this-response';
/** Altair requires absolute URLs, and only the browser knows the origin of the page. */
const endpointPlaceholder = 'address-of-graphql';
const endpointExpression = "new URL('/graphql', location.href).href";

/** Renders the page once; each call fills in a nonce. */
function createExplorerPage(
  { renderAltair }: Altair,
  operations: readonly ExplorerOperation[],
): () => ExplorerPage {
  const rendered = renderAltair({
    baseURL: '/graphiql/',
    endpointURL: endpointPlaceholder,
    cspNonce: noncePlaceholder,
    instanceStorageNamespace: 'supergraph_shop_',
    // An Altair account would synchronise with a server on the internet.
    disableAccount: true,
    initialEnvironments: environments(),
    initialSettings: {
      'banners.disable': true,
      'schema.reloadOnStart': true,
      enableTablistScrollbar: true,
      // The older evaluator interprets scripts; the newer one needs eval.
      'beta.disable.newScript': true,
    },
    initialWindows: operations.map(({ title, text, variables, script }) => ({
      initialName: title,
      endpointURL: endpointPlaceholder,
      initialQuery: text,
      initialVariables: variables,
      initialPostRequestScript: script,
      initialHeaders: { Authorization: 'Bearer {{accessToken}}' },
    })),
  });
  const template = rendered.replaceAll(`\`${endpointPlaceholder}\``, endpointExpression);
  return () => {
    const nonce = randomBytes(16).toString('base64');
    return { html: template.replaceAll(noncePlaceholder, nonce), policy: policyWith(nonce) };
  };
}

function environments() {
  const variables = Object.fromEntries(explorerValues.map((name) => [name, '']));
  return {
    activeSubEnvironment: 'shop',
    base: { title: 'Global', variables: {} },
    subEnvironments: [{ id: 'shop', title: 'Shop', variables }],
  };
}

/** Prevents the page from loading from or connecting to other hosts. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    // Components of Altair write inline styles without a nonce.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

import type { FastifyInstance, FastifyReply } from 'fastify';

interface Link {
  href: string;
  title: string;
}

const always: readonly Link[] = [
  { href: '/graphql', title: 'GraphQL' },
  { href: '/v1/products', title: 'REST' },
  { href: '/docs', title: 'REST documentation' },
  { href: '/openapi.json', title: 'OpenAPI document' },
  { href: '/healthz', title: 'Health' },
  { href: '/readyz', title: 'Readiness' },
];

/** Not available in production. */
const development: readonly Link[] = [
  { href: '/graphql', title: 'GraphQL; in a browser Apollo Sandbox' },
  { href: '/graphiql', title: 'GraphQL explorer, needs no internet' },
  { href: '/schema.graphql', title: 'GraphQL schema' },
  ...always.slice(1),
];

/** `/`: links to the routes of this process, as HTML for browsers and as JSON otherwise. */
export function addRootPage(app: FastifyInstance, { isProduction }: { isProduction: boolean }): void {
  const links = isProduction ? always : development;
  const html = pageOf(links);
  app.get('/', (request, reply) => {
    addToVary(reply, 'Accept');
    if (!request.headers.accept?.includes('text/html')) return reply.send({ links });
    return reply.type('text/html; charset=utf-8').send(html);
  });
}

function pageOf(links: readonly Link[]): string {
  const items = links.map(({ href, title }) => `<li><a href="${href}">${href}</a> ${title}</li>`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Supergraph shop</title></head>
<body><h1>Supergraph shop</h1><ul>
${items.join('\n')}
</ul></body>
</html>
`;
}

function addToVary(reply: FastifyReply, name: string): void {
  const current = reply.getHeader('vary');
  void reply.header('vary', current === undefined ? name : `${String(current)}, ${name}`);
}

import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { createExplorerPage } from './explorer-page';
import { readExplorerOperations } from './operations';
import { publicSchemaText } from './public-schema';

/**
 * /graphiql: Altair, an explorer that works offline. /schema.graphql: the public schema with its
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
    reply.type('text/plain; charset=utf-8').send(publicSchemaText(schema())),
  );
}

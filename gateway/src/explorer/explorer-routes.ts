import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { createExplorerPage } from './explorer-page';
import { readExplorerOperations } from './operations';
import { publicSchemaText } from './public-schema';

/**
 * /graphiql: Altair, an explorer that needs no internet, its parts from npm. /schema.graphql: the public graph with its
 * descriptions. Both tell what introspection tells, so they are registered where that is open.
 */
export async function addExplorer(app: FastifyInstance, schema: () => GraphQLSchema): Promise<void> {
  // Loaded here, because production never needs it.
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
    // For plugins and for scripts that need eval: neither is used.
    allowedPath: (path) => !altair.isSandboxFrame(path),
  });
  app.get('/schema.graphql', (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(publicSchemaText(schema())),
  );
}

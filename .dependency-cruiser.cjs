/** Who may know whom. Workspaces import each other's built files (`dist`), so those are seen but not followed. */
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-folder-cycles', scope: 'folder', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'schema-types-in-resolvers-only',
      comment: 'Services return unions in domain terms; resolvers map them to the types of the schema.',
      severity: 'error',
      from: { path: '^subgraphs/[^/]+/src/(?!resolvers/|generated/)' },
      to: { path: '^subgraphs/[^/]+/src/generated/' },
    },
    {
      name: 'no-unresolved',
      comment:
        'An import that is not found is not checked by the rules below: build first. The package named has types only.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
    },
    {
      name: 'kit-imports-npm-only',
      severity: 'error',
      from: { path: '^packages/kit/' },
      to: { path: '^(packages/(?!kit/)|subgraphs/|gateway/|operations/|tests/)' },
    },
    {
      name: 'packages-know-no-domain',
      comment:
        'Domain knowledge lives in the subgraphs; local-stack starts their programs but imports none of their code.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(subgraphs|gateway|operations)/' },
    },
    {
      name: 'subgraphs-are-apart',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/src/' },
      to: { path: '^(subgraphs/(?!$1/)|gateway/|operations/|packages/(local-stack|testkit)/)' },
    },
    {
      name: 'facade-and-gateway-call-no-subgraph-code',
      severity: 'error',
      from: { path: '^gateway/src/' },
      to: { path: '^(subgraphs/|operations/|packages/(events|local-stack|testkit)/)' },
    },
    {
      name: 'operations-ask-services',
      comment:
        'Each service reads its own database, by its own program; the rules over all of them are here.',
      severity: 'error',
      from: { path: '^operations/src/' },
      to: { path: '(^(subgraphs|gateway|packages/(events|testkit))/|node_modules/(pg|typeorm)/)' },
    },
    {
      name: 'facade-runs-operations-only',
      comment: 'The facade runs GraphQL operations in-process; it never opens a connection of its own.',
      severity: 'error',
      from: { path: '^gateway/src/rest/' },
      to: { path: '(node_modules/undici|packages/kit/(src|dist)/peer)' },
    },
    {
      name: 'resolvers-know-no-database',
      severity: 'error',
      from: { path: '^subgraphs/[^/]+/src/resolvers/' },
      to: { path: '(node_modules/(typeorm|pg)/|\\.repository\\.ts$|packages/kit/(src|dist)/database)' },
    },
    {
      name: 'services-know-no-transport',
      severity: 'error',
      from: { path: '^subgraphs/[^/]+/src/.+\\.service\\.ts$' },
      to: { path: 'node_modules/(graphql|fastify|@apollo/server|@as-integrations/fastify)/' },
    },
    {
      name: 'entities-know-their-values-only',
      severity: 'error',
      from: { path: '\\.entity\\.ts$' },
      to: { path: '\\.(service|repository|loaders)\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: '(node_modules|^(packages|subgraphs)/[^/]+/dist|^(gateway|operations)/dist)/' },
    exclude: {
      path: '(^(packages|subgraphs)/[^/]+|^gateway|^operations)/(test/|src/.*(/generated/|\\.test\\.ts$))',
    },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'node', 'require', 'import', 'default'],
    },
  },
};

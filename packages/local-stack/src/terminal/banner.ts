import type { Stack } from '../stack';

/** URLs and commands shown after the start. */
export function banner(stack: Stack, seconds: number): string {
  const { gatewayUrl, admin } = stack;
  return [
    '',
    `The shop is open (ready in ${seconds.toFixed(1)} s).`,
    '',
    `  GraphQL and Sandbox   ${gatewayUrl}/graphql`,
    `  Explorer (offline)    ${gatewayUrl}/graphiql`,
    `  GraphQL schema        ${gatewayUrl}/schema.graphql`,
    `  REST                  ${gatewayUrl}/v1/products`,
    `  REST documentation    ${gatewayUrl}/docs`,
    `  Admin                 ${admin.email}  ${admin.password}`,
    `  Data and logs         ${stack.dataDir}`,
    '',
    'Try:',
    `  curl -XPOST ${gatewayUrl}/v1/auth/register -H 'Content-Type: application/json' \\`,
    `    -d '{"email":"a@b.co","password":"P@ssw0rd"}'`,
    '',
    'Ctrl-C stops everything; the data stays for the next `npm start`.',
    '',
    '',
  ].join('\n');
}

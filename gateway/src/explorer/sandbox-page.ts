import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { GatewayContext } from '../context';

const offlineNotice = 'Apollo Sandbox cannot be loaded; it appears that you might be offline.';
const offlineOffer =
  'Apollo Sandbox cannot be loaded from its CDN. The explorer at <a href="/graphiql">/graphiql</a> needs no internet.';

const sandboxRule = '#embeddableSandbox {';
/** Sandbox's container covers the notice even while it is empty, so it must not catch clicks. */
const ruleWhileEmpty = '#embeddableSandbox:empty {\n    pointer-events: none;\n  }\n  ';

/** Serves Apollo Sandbox to browsers; if its CDN is unavailable, the page links to /graphiql. */
export function sandboxPage(): ApolloServerPlugin<GatewayContext> {
  const sandbox: ApolloServerPlugin<GatewayContext> = ApolloServerPluginLandingPageLocalDefault({
    embed: { runTelemetry: false },
  });
  return {
    async serverWillStart(service) {
      const page = await (await sandbox.serverWillStart?.(service))?.renderLandingPage?.();
      if (!page) throw new Error('Apollo Server has no landing page.');
      const { html } = page;
      const render = async () => withOffer(typeof html === 'string' ? html : await html());
      return { renderLandingPage: async () => ({ html: render }) };
    },
  };
}

function withOffer(html: string): string {
  return html.replace(offlineNotice, offlineOffer).replace(sandboxRule, ruleWhileEmpty + sandboxRule);
}

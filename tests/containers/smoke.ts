import { gatewayUrl } from '@shop/local-stack/containers';
import { buyThroughBothApis } from './buy';
import { reconcileContainers } from './reconcile';

/** Buys through both APIs, has a payment declined in each, and reconciles. @throws at the first failure */
export async function smoke(log: (line: string) => void): Promise<void> {
  await buyThroughBothApis(await gatewayUrl(), log);
  log(`ok  reconcile: ${await reconcileContainers()}`);
}

import type { Transaction } from '@shop/kit/database';
import type { ShopEvent } from '../contracts';
import { operatorOutbox } from './outbox';

/** For services that do not use their outbox yet. */
export function publishEvent(transaction: Transaction, event: ShopEvent): Promise<void> {
  return operatorOutbox.publish(transaction, event);
}

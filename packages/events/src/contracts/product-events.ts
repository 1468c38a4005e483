import { z } from 'zod';
import type { CloudEvent } from './cloud-event';

/** The last unit on hand went, into a reservation or by an adjustment; the subject is the product. */
const stockDepleted = z.object({ productId: z.uuid(), sku: z.string() });

/** Shapes of the data of the events of the subgraph product. */
export const productEventData = { 'product.stock_depleted': stockDepleted };

export type ProductStockDepleted = CloudEvent<'product.stock_depleted', z.infer<typeof stockDepleted>>;
export type ProductEvent = ProductStockDepleted;

import type { EventBus } from '@shop/events/bus';
import { publishEventJob, publishEventTask } from '@shop/events/outbox';
import type { JobHandler } from '@shop/kit/jobs';
import { settlePaymentJob, settlePaymentPayload } from './charge/settle-job';
import { refundPaymentJob, refundPaymentPayload } from './refund/refund-job';
import type { PaymentServices } from './services';
import { processWebhookJob, processWebhookPayload } from './webhooks/process-webhook-job';

/** What each durable job of this database does. */
export function createTasks(
  { settlement, refunds, webhooks }: PaymentServices,
  bus: EventBus,
): Record<string, JobHandler> {
  return {
    [publishEventJob]: publishEventTask(bus),
    [settlePaymentJob]: (payload) => settlement.settle(settlePaymentPayload.parse(payload).paymentId),
    [refundPaymentJob]: (payload) => refunds.finish(refundPaymentPayload.parse(payload).paymentId),
    [processWebhookJob]: (payload) => webhooks.process(processWebhookPayload.parse(payload)),
  };
}

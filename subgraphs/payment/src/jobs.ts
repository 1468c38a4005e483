import type { JobHandler } from '@shop/kit/jobs';
import { runInTrace } from '@shop/kit/telemetry';
import { settlePaymentJob, settlePaymentPayload } from './charge/settle-job';
import { refundPaymentJob, refundPaymentPayload } from './refund/refund-job';
import type { PaymentServices } from './services';
import { closeKeyJob, closeKeyPayload } from './settlement/close-key-job';
import { processWebhookJob, processWebhookPayload } from './webhooks/process-webhook-job';

/** What each durable job of this database does. */
export function createTasks({
  settlement,
  keyClosing,
  refundProgress,
  webhooks,
}: PaymentServices): Record<string, JobHandler> {
  return {
    [settlePaymentJob]: (payload) => {
      const { paymentId, traceparent } = settlePaymentPayload.parse(payload);
      return runInTrace(traceparent, () => settlement.settle(paymentId));
    },
    [closeKeyJob]: (payload) => {
      const { paymentId, traceparent } = closeKeyPayload.parse(payload);
      return runInTrace(traceparent, () => keyClosing.close(paymentId));
    },
    [refundPaymentJob]: (payload) => {
      const { paymentId, traceparent } = refundPaymentPayload.parse(payload);
      return runInTrace(traceparent, async () => void (await refundProgress.advance(paymentId)));
    },
    [processWebhookJob]: (payload) => webhooks.process(processWebhookPayload.parse(payload)),
  };
}

import type { Attempt, PaymentService } from './payment-service';

/**
 * Inserts an attempt as stored by a process that was killed before or during the provider call. It
 * is due now, or in `dueInMinutes`.
 */
export async function insertUnfinishedAttempt(
  service: PaymentService,
  attempt: Attempt,
  { ageMinutes = 0, dueInMinutes = 0 } = {},
): Promise<string> {
  const [payment] = await service.sql<{ id: string }>(
    `INSERT INTO payments (id, order_id, attempt, user_id, amount_cents, currency, payment_method, status, sent, provider,
                           provider_key, created_at, due_at)
     VALUES (uuidv7(), $1::uuid, $2::integer, $3, $4, $5, $6, 'PENDING', true, 'simulator',
             $1::uuid || ':' || $2::integer, now() - $7::integer * interval '1 minute',
             now() + $8::integer * interval '1 minute')
     RETURNING id`,
    [
      attempt.orderId,
      attempt.attempt,
      attempt.userId,
      attempt.amountCents,
      attempt.currency,
      attempt.paymentMethod ?? null,
      ageMinutes,
      dueInMinutes,
    ],
  );
  if (!payment) throw new Error('no attempt was inserted');
  return payment.id;
}

import { type OperatorCommand, readRequests } from '@shop/kit/operator';
import { z } from 'zod';
import { ReservationRepository } from '../stock/reservation.repository';

const repairs = z.array(
  z.object({
    orderId: z.uuid(),
    target: z.enum(['HELD', 'COMMITTED', 'RELEASED']),
    lines: z.array(z.object({ productId: z.uuid(), quantity: z.number().int().positive() })),
  }),
);

/** `heal` of product's operator program, for `reconcile --heal`: gives reservations the state of their orders. */
export const healStock: OperatorCommand = async ({ dataSource, print }) => {
  const requested = await readRequests(repairs);
  const reservations = new ReservationRepository(await dataSource());
  for (const { orderId, target, lines } of requested) {
    const problem = await repair(reservations, { orderId, target, lines });
    await print({ orderId, action: `stock ${target}`, ...(problem === null ? {} : { problem }) });
  }
};

/** @returns why it is not possible, or null */
async function repair(
  reservations: ReservationRepository,
  { orderId, target, lines }: z.infer<typeof repairs>[number],
): Promise<string | null> {
  if (target === 'RELEASED') {
    await reservations.release(orderId);
    return null;
  }
  // Returns the reservation if there is one.
  const { kind } = await reservations.reserve({ orderId, lines, depletionEvents: '[]' }, () => undefined);
  if (kind !== 'RESERVED')
    return `its stock cannot be reserved again (${kind}): cancel the order as an administrator`;
  if (target === 'COMMITTED') await reservations.commit([orderId]);
  return null;
}

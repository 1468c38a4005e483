import type { Transaction } from '@shop/kit/database';
import type { HeldLine, RequestedLine, ReservationStatus } from './reservation.entity';

const lineColumns = `product_id AS "productId", position, quantity, sku, name,
  unit_price_cents AS "unitPriceCents", currency`;

/** What orders hold. Reservations are locked before products, everywhere. */
export class ReservationRepository {
  /**
   * Opens the order's reservation in this transaction. Waits while another one that opens or closes it is under way.
   *
   * @returns false when the order has one, in whatever status
   */
  async claim(transaction: Transaction, orderId: string): Promise<boolean> {
    const claimed = await transaction.query<unknown[]>(
      `/* ReservationRepository.claim */
       INSERT INTO reservations (order_id, status) VALUES ($1, 'HELD') ON CONFLICT DO NOTHING RETURNING true`,
      [orderId],
    );
    return claimed.length > 0;
  }

  /**
   * Takes the lines' units off the stock and writes them down with what the products are now. The caller has locked the
   * products and seen that there is enough.
   *
   * @throws Error when one was not taken after all
   */
  async hold(
    transaction: Transaction,
    orderId: string,
    lines: readonly RequestedLine[],
  ): Promise<HeldLine[]> {
    const held = await transaction.query<HeldLine[]>(
      `/* ReservationRepository.hold */
       WITH line AS (
         SELECT * FROM unnest($2::uuid[], $3::int[]) WITH ORDINALITY AS line (product_id, quantity, position)
       ), taken AS (
         UPDATE products SET stock = stock - line.quantity FROM line
         WHERE products.id = line.product_id AND stock >= line.quantity
         RETURNING line.*, products.sku, products.name, products.price_cents, products.currency
       )
       INSERT INTO reservation_lines
         (order_id, product_id, position, quantity, sku, name, unit_price_cents, currency)
       SELECT $1, product_id, position, quantity, sku, name, price_cents, currency FROM taken
       RETURNING ${lineColumns}`,
      [orderId, lines.map((line) => line.productId), lines.map((line) => line.quantity)],
    );
    if (held.length !== lines.length) throw new Error('The stock changed under its lock');
    return held.sort((a, b) => a.position - b.position);
  }

  /** The order's reservation; no lines were ever held for a tombstone. */
  async find(
    transaction: Transaction,
    orderId: string,
  ): Promise<{ status: ReservationStatus; lines: HeldLine[] } | null> {
    const rows = await transaction.query<({ status: ReservationStatus } & HeldLine)[]>(
      `/* ReservationRepository.find */
       SELECT status, ${lineColumns}
       FROM reservations LEFT JOIN reservation_lines USING (order_id)
       WHERE order_id = $1 ORDER BY position`,
      [orderId],
    );
    if (!rows[0]) return null;
    return { status: rows[0].status, lines: rows.filter((row) => row.productId !== null) };
  }

  /** HELD → COMMITTED. @returns false when it is not HELD */
  async commit(transaction: Transaction, orderId: string): Promise<boolean> {
    const [, changed] = await transaction.query<[unknown[], number]>(
      `/* ReservationRepository.commit */
       UPDATE reservations SET status = 'COMMITTED', updated_at = now() WHERE order_id = $1 AND status = 'HELD'`,
      [orderId],
    );
    return changed > 0;
  }

  /**
   * Closes the order's reservation for ever; where there is none, a closed one is put, so that a reserve that comes late
   * is refused.
   *
   * @returns true when it held units until now: they are to be given back
   */
  async close(transaction: Transaction, orderId: string): Promise<boolean> {
    const [closed] = await transaction.query<{ wasOpen: boolean }[]>(
      `/* ReservationRepository.close */
       INSERT INTO reservations AS reservation (order_id, status) VALUES ($1, 'RELEASED')
       ON CONFLICT (order_id) DO UPDATE SET status = 'RELEASED', updated_at = now()
       WHERE reservation.status <> 'RELEASED'
       RETURNING old.order_id IS NOT NULL AS "wasOpen"`,
      [orderId],
    );
    return closed?.wasOpen ?? false;
  }

  /** Puts the reservation's units back into the stock, locking the products in order of their ids. */
  async giveBack(transaction: Transaction, orderId: string): Promise<void> {
    await transaction.query(
      `/* ReservationRepository.giveBack */
       WITH line AS (
         SELECT products.id, quantity FROM products JOIN reservation_lines ON product_id = products.id
         WHERE order_id = $1 ORDER BY products.id FOR NO KEY UPDATE OF products
       )
       UPDATE products SET stock = stock + line.quantity FROM line WHERE products.id = line.id`,
      [orderId],
    );
  }
}

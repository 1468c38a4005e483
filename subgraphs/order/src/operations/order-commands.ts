import { isUuid } from '@shop/kit/ids';
import { type OperatorCommand, OperatorError, parseArguments, RecordNotFound } from '@shop/kit/operator';
import { OrderDetailsRepository } from '../order/persistence/order-details.repository';
import { OrderRepository } from '../order/persistence/order.repository';

/** `orders show` of order's operator program: an order, also a draft, with its lines and timeline. */
export const orderCommands: Readonly<Record<string, OperatorCommand>> = {
  'orders show': async ({ args, dataSource, print }) => {
    const [id = '', ...more] = parseArguments(args, {}).positionals;
    if (!isUuid(id) || more.length > 0)
      throw new OperatorError(
        `Expected one order UUID, got ${args.join(' ') || 'nothing'}. Usage: orders show <orderId>`,
      );
    const source = await dataSource();
    const order = await new OrderRepository(source).findById(id);
    if (!order) throw new RecordNotFound(`No order has the ID ${id}.`);
    const details = new OrderDetailsRepository(source);
    const items = await details.findItems([order.id]);
    const timeline = await details.findTimelines([order.id]);
    // Without the payment method and the URL for the redirect, which are of the customer.
    const { paymentMethod: _method, returnUrl: _url, ...shown } = order;
    await print({
      ...shown,
      items: items.map(({ orderId: _order, position: _position, ...item }) => item),
      timeline: timeline.map(({ at, status, message, traceId }) => ({ at, status, message, traceId })),
    });
  },
};

import { OperatorError, parseArguments } from '@shop/kit/operator';
import { inheritedEnvironment, loadStackConfig } from '@shop/local-stack/config';
import type { OperatedShop } from '@shop/local-stack/operate';
import { runOperatorProgram } from './operator-program';
import { table } from './table';

const usage = 'npm run orders -- show <orderId> [--json]';

type Row = Readonly<Record<string, string | number | null>>;

/** An order as order's program prints it. */
interface ShownOrder extends Record<string, unknown> {
  traceparent: string | null;
  items: Row[];
  timeline: Row[];
}

/** A payment as payment's program prints it. */
interface ShownPayment extends Record<string, unknown> {
  traceparent: string | null;
  refund: (Row & { traceparent: string | null }) | null;
  settlement: Row | null;
}

/**
 * `npm run orders -- show <orderId>`: an order with its lines, payments, refunds and timeline, and the
 * traces of the requests and jobs that wrote them. With TRACE_URL_TEMPLATE each trace has a link.
 */
export async function runOrders({ programs }: OperatedShop, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArguments(args, { json: { type: 'boolean' } });
  const [action, id, ...more] = positionals;
  if (action !== 'show' || !id || more.length > 0) throw new OperatorError(usage);
  const { traceUrlTemplate } = loadStackConfig(inheritedEnvironment);
  const read = <Part>(service: 'order' | 'payment') =>
    collect<Part>(runOperatorProgram(service, programs[service], ['orders', 'show', id]));
  // An unknown order ends the command before payment is asked.
  const [order] = await read<ShownOrder>('order');
  const payments = await read<ShownPayment>('payment');
  const traces = linksOf(traceIdsOf(order!, payments), traceUrlTemplate);
  const text = values.json
    ? JSON.stringify({ ...order, payments, traces }, null, 2)
    : orderAsText(order!, payments, traces);
  process.stdout.write(`${text}\n`);
  return 0;
}

async function collect<Part>(lines: AsyncIterable<unknown>): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const line of lines) parts.push(line as Part);
  return parts;
}

/** A trace, and its page if there is a template. */
type TraceLink = { traceId: string; url?: string };

function linksOf(traceIds: readonly string[], template: string | undefined): TraceLink[] {
  return traceIds.map((traceId) => ({
    traceId,
    ...(template === undefined ? {} : { url: template.replaceAll('{traceId}', traceId) }),
  }));
}

/** In the order of the timeline, then those of the order, payments and refunds only. */
function traceIdsOf({ timeline, traceparent }: ShownOrder, payments: readonly ShownPayment[]): string[] {
  const found = [
    ...timeline.map(({ traceId }) => traceId),
    traceIdIn(traceparent),
    ...payments.flatMap((payment) => [
      traceIdIn(payment.traceparent),
      traceIdIn(payment.refund?.traceparent),
    ]),
  ];
  return [...new Set(found)].filter((traceId): traceId is string => typeof traceId === 'string');
}

/** The second field of a W3C `traceparent`. */
const traceIdIn = (traceparent: string | null | undefined) => traceparent?.split('-')[1] ?? null;

function orderAsText(order: ShownOrder, payments: readonly ShownPayment[], traces: TraceLink[]): string {
  const { items, timeline, traceparent, ...others } = order;
  const fields: Record<string, unknown> = { ...others, traceId: traceIdIn(traceparent) };
  const shownPayments = payments.map((payment) => ({ ...payment, traceId: traceIdIn(payment.traceparent) }));
  const refunds = payments.flatMap(({ refund }) =>
    refund ? [{ ...refund, traceId: traceIdIn(refund.traceparent) }] : [],
  );
  const settlements = payments
    .map(({ settlement }) => settlement)
    .filter((settlement) => settlement !== null);
  return [
    table(
      ['order', String(fields['id'])],
      Object.entries(fields)
        .filter(([name, value]) => name !== 'id' && value !== null)
        .map(([name, value]) => [name, cellOf(value)]),
    ),
    section('Items', itemColumns, items),
    section('Payments', paymentColumns, shownPayments),
    section('Refunds', refundColumns, refunds),
    section('Settled by an operator', settlementColumns, settlements),
    section('Timeline', timelineColumns, timeline),
    section('Traces', ['traceId', 'url'], traces),
  ]
    .filter(Boolean)
    .join('\n\n');
}

const itemColumns = ['sku', 'name', 'quantity', 'unitPriceCents', 'productId'];
const paymentColumns = [
  ...[
    'id',
    'attempt',
    'status',
    'amountCents',
    'currency',
    'provider',
    'failureCode',
    'createdAt',
    'traceId',
  ],
];
const refundColumns = ['paymentId', 'status', 'failureCode', 'round', 'tries', 'createdAt', 'traceId'];
const settlementColumns = ['paymentId', 'settledAs', 'reason', 'settledAt'];
const timelineColumns = ['at', 'status', 'message', 'traceId'];

/** A heading and a table of the columns that any row has; empty without rows. */
function section(
  heading: string,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  if (rows.length === 0) return '';
  const shown = columns.filter((column) =>
    rows.some((row) => row[column] !== undefined && row[column] !== null),
  );
  const cells = rows.map((row) => shown.map((column) => cellOf(row[column])));
  return `${heading}\n${table(shown, cells)}`;
}

function cellOf(value: unknown): string | number {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'string') return value;
  return JSON.stringify(value);
}

import { type Dashboard, perMinute, zeroIsHealthy } from '../model/dashboard';

export const shop: Dashboard = {
  uid: 'shop',
  title: 'Shop',
  description: 'Orders, money and stock: whether customers can buy, and whether the records agree.',
  rows: [
    {
      title: 'Objectives',
      panels: [
        {
          title: 'Failed or slow requests',
          unit: 'percentunit',
          description:
            'Share of the requests of each objective that missed it, in 5 minutes. Allowed: 0.1 % for the availability of checkout and for browsing, 1 % for the latency of checkout.',
          runbook: 'checkout-failing',
          quiet: zeroIsHealthy('no request failed'),
          queries: [{ expr: 'slo:failure_ratio:rate5m', legend: '{{slo}}' }],
        },
        {
          title: 'Burn rate of the error budgets, 1 h',
          unit: 'none',
          description:
            '1 uses the budget of 30 days in 30 days. A page is sent at 14.4, and at 6 over 6 hours.',
          runbook: 'checkout-failing',
          quiet: zeroIsHealthy('no request failed'),
          queries: [
            {
              expr: 'slo:failure_ratio:rate1h{slo="checkout_availability"} / 0.001',
              legend: 'checkout availability',
            },
            { expr: 'slo:failure_ratio:rate1h{slo="checkout_latency"} / 0.01', legend: 'checkout latency' },
            { expr: 'slo:failure_ratio:rate1h{slo="browsing"} / 0.001', legend: 'browsing' },
          ],
        },
        {
          title: 'Requests of the objectives',
          unit: 'reqps',
          description: 'Requests that count for each objective. Without requests there is no ratio.',
          runbook: 'checkout-failing',
          queries: [{ expr: 'slo:requests:rate5m', legend: '{{slo}}' }],
        },
      ],
    },
    {
      title: 'Orders and money',
      panels: [
        {
          title: 'Orders by outcome',
          unit: 'cpm',
          description: 'Orders per minute that reached a final state.',
          runbook: 'orders-undecided',
          queries: [perMinute('shop_orders_total', ['outcome'], '{{outcome}}')],
        },
        {
          title: 'Revenue per hour',
          unit: 'short',
          description: 'Confirmed orders by currency, in its minor unit (cents), extrapolated to an hour.',
          runbook: 'orders-undecided',
          queries: [
            {
              expr: '3600 * sum by (currency) (rate(shop_revenue_minor_total[$__rate_interval]))',
              legend: '{{currency}}',
            },
          ],
        },
        {
          title: 'Declined payments by reason',
          unit: 'cpm',
          description: 'Payments per minute that the provider declined. A sudden rise: a provider or a bank.',
          runbook: 'payments-undecided',
          queries: [perMinute('shop_payment_declines_total', ['reason'], '{{reason}}')],
        },
        {
          title: 'Funnel',
          unit: 'cpm',
          description: 'Orders per minute at each step: created, payment started, confirmed.',
          runbook: 'checkout-failing',
          queries: [perMinute('shop_funnel_total', ['step'], '{{step}}')],
        },
        {
          title: 'Conversion, 1 h',
          unit: 'percentunit',
          description: 'Confirmed orders of created ones, in an hour.',
          runbook: 'checkout-failing',
          look: 'stat',
          queries: [
            {
              expr: 'sum(increase(shop_funnel_total{step="confirmed"}[1h])) / (sum(increase(shop_funnel_total{step="order_created"}[1h])) > 0)',
              legend: 'confirmed',
            },
          ],
        },
        {
          title: 'Reservations held',
          unit: 'short',
          description: 'Reservations that hold stock for orders that are not final.',
          runbook: 'orders-undecided',
          queries: [{ expr: 'sum(shop_reservations_held)', legend: 'held' }],
        },
      ],
    },
    {
      title: 'Undecided payments and refunds',
      panels: [
        {
          title: 'Oldest undecided',
          unit: 's',
          description:
            'Age of the oldest order in progress and of the oldest payment whose outcome is unknown. Alert: 20 minutes.',
          runbook: 'payments-undecided',
          quiet: zeroIsHealthy('no payment is UNKNOWN'),
          queries: [
            { expr: 'max(shop_payments_undecided_oldest_seconds)', legend: 'payment' },
            { expr: 'max(shop_orders_undecided_oldest_seconds)', legend: 'order' },
          ],
        },
        {
          title: 'Undecided',
          unit: 'short',
          description:
            'Payments whose outcome is unknown, those that wait for the customer, and orders in progress.',
          runbook: 'payments-undecided',
          quiet: zeroIsHealthy('every payment is decided'),
          queries: [
            { expr: 'max(shop_payments_undecided)', legend: 'payments' },
            { expr: 'max(shop_payments_requires_action)', legend: 'wait for the customer' },
            { expr: 'max(shop_orders_undecided)', legend: 'orders' },
          ],
        },
        {
          title: 'Refunds',
          unit: 'short',
          description: 'Refunds that are open, and those that failed and need an operator.',
          runbook: 'refunds-failed',
          quiet: zeroIsHealthy('no refund is open'),
          queries: [
            { expr: 'max(shop_refunds_pending)', legend: 'open' },
            { expr: 'max(shop_refunds_failed)', legend: 'failed' },
          ],
        },
      ],
    },
    {
      title: 'Conservation',
      panels: [
        {
          title: 'Stock breaches',
          unit: 'short',
          description: 'Products with negative stock, or stock that their ledger does not explain. Always 0.',
          runbook: 'stock-breach',
          look: 'stat',
          quiet: zeroIsHealthy('stock matches its records'),
          queries: [{ expr: 'max(shop_stock_breaches)', legend: 'products' }],
        },
        {
          title: 'Breaches that reconcile found',
          unit: 'short',
          description: 'By invariant, of the last run of `npm run reconcile`. Always 0.',
          runbook: 'invariant-breach',
          quiet: zeroIsHealthy('the records of all services agree'),
          queries: [{ expr: 'max by (invariant) (shop_invariant_breaches)', legend: '{{invariant}}' }],
        },
        {
          title: 'Age of the last reconcile',
          unit: 's',
          description: 'Time since the last run of `npm run reconcile`. Alert: an hour.',
          runbook: 'reconcile-stale',
          look: 'stat',
          queries: [{ expr: 'time() - max(shop_reconciled_timestamp_seconds)', legend: 'age' }],
        },
      ],
    },
  ],
};

import { type Dashboard, rateOf, zeroIsHealthy } from '../model/dashboard';

export const postgres: Dashboard = {
  uid: 'postgres',
  title: 'PostgreSQL',
  description:
    'The server of the four databases, by postgres-exporter with docker/postgres-exporter/queries.yaml.',
  rows: [
    {
      title: 'Connections and waits',
      panels: [
        {
          title: 'Connections by database',
          unit: 'short',
          description: 'Connections of clients, and the limit of the server. Alert: 80 %.',
          runbook: 'postgres-connections-near-limit',
          queries: [
            { expr: 'sum by (datname) (shop_pg_connections_backends)', legend: '{{datname}}' },
            { expr: 'max(shop_pg_settings_max_connections)', legend: 'limit' },
          ],
        },
        {
          title: 'Connections by state',
          unit: 'short',
          description: '`idle in transaction` for long: a transaction was not ended.',
          runbook: 'postgres-transaction-old',
          queries: [{ expr: 'sum by (state) (shop_pg_connections_backends)', legend: '{{state}}' }],
        },
        {
          title: 'Waits by event',
          unit: 'short',
          description:
            'Connections by what they wait for. `Client ClientRead` is idle; `none none` runs; `Lock` waits for another transaction; `IO WalSync` for the disk.',
          runbook: 'postgres-transaction-old',
          queries: [
            {
              expr: 'sum by (wait_event_type, wait_event) (shop_pg_connections_backends)',
              legend: '{{wait_event_type}} {{wait_event}}',
            },
          ],
        },
        {
          title: 'Oldest transaction',
          unit: 's',
          description: 'It blocks vacuum. Alert: 15 minutes.',
          runbook: 'postgres-transaction-old',
          quiet: zeroIsHealthy('transactions take milliseconds'),
          queries: [
            {
              expr: 'max by (datname) (shop_pg_connections_oldest_transaction_seconds)',
              legend: '{{datname}}',
            },
          ],
        },
        {
          title: 'Deadlocks',
          unit: 'cpm',
          description: 'Per minute. Services retry them.',
          runbook: 'postgres-transaction-old',
          quiet: zeroIsHealthy('transactions lock in one order'),
          queries: [
            {
              expr: '60 * sum by (datname) (rate(shop_pg_database_deadlocks[$__rate_interval]))',
              legend: '{{datname}}',
            },
          ],
        },
        {
          title: 'Server reached',
          unit: 'none',
          description: '1: postgres-exporter can connect.',
          runbook: 'postgres-down',
          look: 'stat',
          queries: [{ expr: 'min(pg_up)', legend: 'up' }],
        },
      ],
    },
    {
      title: 'Work',
      panels: [
        {
          title: 'Transactions',
          unit: 'ops',
          description: 'Committed transactions by database, and all rolled back ones.',
          runbook: 'postgres-down',
          queries: [
            rateOf('shop_pg_database_xact_commit', ['datname'], '{{datname}}'),
            rateOf('shop_pg_database_xact_rollback', [], 'rolled back'),
          ],
        },
        {
          title: 'Blocks found in the buffer cache',
          unit: 'percentunit',
          description: 'Below 99 %: the data that is used does not fit into shared_buffers.',
          runbook: 'postgres-dead-rows',
          queries: [
            {
              expr: 'sum by (datname) (rate(shop_pg_database_blks_hit[$__rate_interval])) / (sum by (datname) (rate(shop_pg_database_blks_hit[$__rate_interval])) + sum by (datname) (rate(shop_pg_database_blks_read[$__rate_interval])) > 0)',
              legend: '{{datname}}',
            },
          ],
        },
        {
          title: 'WAL written',
          unit: 'binBps',
          description: 'Bytes per second of the whole server.',
          runbook: 'postgres-dead-rows',
          queries: [rateOf('shop_pg_wal_bytes', [], 'WAL')],
        },
      ],
    },
    {
      title: 'Space',
      panels: [
        {
          title: 'Size of the databases, and of the WAL',
          unit: 'bytes',
          description:
            'On disk. A WAL that grows without end: a replication slot or an archive that does not follow.',
          runbook: 'postgres-dead-rows',
          queries: [
            { expr: 'max by (datname) (shop_pg_database_size_bytes)', legend: '{{datname}}' },
            { expr: 'max(shop_pg_wal_size_bytes)', legend: 'WAL' },
          ],
        },
        {
          title: 'Dead rows',
          unit: 'short',
          description: 'The ten tables with most dead rows: bloat that vacuum has not yet removed.',
          runbook: 'postgres-dead-rows',
          queries: [
            {
              expr: 'topk(10, max by (datname, relname) (shop_pg_tables_dead_rows))',
              legend: '{{datname}}.{{relname}}',
            },
          ],
        },
        {
          title: 'Largest tables',
          unit: 'bytes',
          description: 'The ten largest tables, with indexes.',
          runbook: 'postgres-dead-rows',
          queries: [
            {
              expr: 'topk(10, max by (datname, relname) (shop_pg_tables_size_bytes))',
              legend: '{{datname}}.{{relname}}',
            },
          ],
        },
      ],
    },
  ],
};

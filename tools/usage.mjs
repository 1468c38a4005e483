/** Output of `npm start -- --help`. */
export const stackUsage = `Usage: npm start [-- --fresh]
       npm run dev [-- --fresh]

Installs and builds what is missing, then starts PostgreSQL and the five services of the shop. \`npm run dev\` also
rebuilds and restarts what changes. Ctrl-C stops everything.

Options
  --fresh   deletes the data of DATA_DIR first
  --help    prints this text

Settings come from the environment or from .env; .env.example lists all of them with their defaults. The first ones:
  PORT=8080                                the gateway
  USER_PORT, PRODUCT_PORT, ORDER_PORT, PAYMENT_PORT   the subgraphs: 4001 to 4004
  DATA_DIR=.data                           databases, keys, passwords and logs
  SEED_PRODUCTS=1000                       products that the seed makes
`;

const stackOptions = new Set(['--fresh', '--help', '-h']);

/** The unknown options among `args`. */
export function unknownStackOptions(args) {
  return args.filter((arg) => !stackOptions.has(arg));
}

export function asksForHelp(args) {
  return args.includes('--help') || args.includes('-h');
}

import { resolve } from 'node:path';
import { CheckoutCopy } from './checkout-copy';
import { mutants } from './mutants/all-mutants';
import { writeReport } from './report';
import { tryMutants } from './try-mutants';

const usage = `npm run mutations -- [--keep] [text …]
  text    run only the mutants whose name contains one of the texts
  --keep  also write docs/reports/mutations.md
`;

/**
 * Removes guards and checks that a test fails without them. Exit code 1: a mutant was not killed; 2:
 * no mutant was selected.
 */
function main(args: readonly string[]): number {
  const log = (text: string) => void process.stdout.write(`${text}\n`);
  const texts = args.filter((argument) => !argument.startsWith('--'));
  const selected = mutants.filter(
    ({ name }) => texts.length === 0 || texts.some((text) => name.includes(text)),
  );
  if (args.includes('--help') || selected.length === 0) {
    log(usage);
    return selected.length === 0 ? 2 : 0;
  }
  const checkout = resolve(__dirname, '../../../..');
  const copy = CheckoutCopy.of(checkout);
  process.once('exit', () => copy.remove());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const results = tryMutants(copy, selected, log);
  log(writeReport(checkout, results, args.includes('--keep')));
  return results.every(({ outcome }) => outcome === 'killed') ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));

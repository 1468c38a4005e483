import { resolve } from 'node:path';
import { CheckoutCopy } from './checkout-copy';
import { mutants } from './mutants/all-mutants';
import { writeReport } from './report';
import { tryMutants } from './try-mutants';

const usage = `npm run mutations -- [--keep] [word …]
  word    only guards whose name contains one of the words
  --keep  writes docs/reports/mutations.md, too
`;

/**
 * Takes guards away and shows that tests notice. Exit code 1: one was not noticed; 2: nothing to
 * do.
 */
function main(args: readonly string[]): number {
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const names = args.filter((word) => !word.startsWith('--'));
  const chosen = mutants.filter(
    ({ name }) => names.length === 0 || names.some((word) => name.includes(word)),
  );
  if (args.includes('--help') || chosen.length === 0) {
    say(usage);
    return chosen.length === 0 ? 2 : 0;
  }
  const checkout = resolve(__dirname, '../../../..');
  const copy = CheckoutCopy.of(checkout);
  process.once('exit', () => copy.remove());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const results = tryMutants(copy, chosen, say);
  say(writeReport(checkout, results, args.includes('--keep')));
  return results.every(({ outcome }) => outcome === 'killed') ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));

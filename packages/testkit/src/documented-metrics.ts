import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceName, serviceNames, subgraphNames, workspaceRoot } from '@shop/local-stack/stack';

export interface DocumentedMetric {
  name: string;
  type: string;
  labels: readonly string[];
  /** Processes that serve it; none for a metric of a command. */
  processes: readonly ServiceName[];
  /** When it is served, if not always. */
  condition: string | undefined;
}

/** The rows of the tables in docs/metrics.md. */
export function documentedMetrics(): DocumentedMetric[] {
  const text = readFileSync(join(workspaceRoot, 'docs/metrics.md'), 'utf8');
  return text.split('\n').flatMap((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const [, name = '', type = '', , labels = '', process = '', meaning = ''] = cells;
    if (!/^`\w+`$/.test(name)) return [];
    return {
      name: name.replaceAll('`', ''),
      type,
      labels: [...labels.matchAll(/`(\w+)`:/g)].map(([, label = '']) => label),
      processes: processesOf(process),
      condition: /Only if (.+)\.$/.exec(meaning)?.[1],
    };
  });
}

function processesOf(text: string): readonly ServiceName[] {
  if (text === 'all') return serviceNames;
  if (text === 'subgraphs') return subgraphNames;
  return serviceNames.filter((name) => text.split(', ').includes(name));
}

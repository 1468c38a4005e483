import { text } from '../../chaos/report/svg';
import { median } from '../statistics';
import { type CandidateName, gatewayTitles } from './candidates';

interface OperationBars {
  operation: string;
  /** CPU time of each round. */
  bars: readonly { gateway: CandidateName; values: readonly number[] }[];
}

const colours: Readonly<Record<CandidateName, string>> = {
  ours: '#2f6fde',
  baseline: '#8c959f',
  stock: '#bf8700',
  hive: '#8250df',
  'hive-rust': '#1a7f37',
};
const [width, left, right, top, barHeight, gap] = [900, 230, 110, 76, 14, 16];

/** A group of bars for each operation: the median, with a line from the lowest to the highest round. */
export function drawCpu(operations: readonly OperationBars[]): string {
  const largest = Math.max(...operations.flatMap(({ bars }) => bars.flatMap(({ values }) => values)), 0.01);
  const x = (cpuMs: number) => left + (cpuMs / largest) * (width - left - right);
  let y = top;
  const groups = operations.flatMap(({ operation, bars }) => {
    const start = y;
    y += bars.length * barHeight + gap;
    return [
      text(left - 10, start + (bars.length * barHeight) / 2 + 4, operation, { anchor: 'end' }),
      ...bars.flatMap(({ gateway, values }, index) => bar(gateway, values, start + index * barHeight)),
    ];
  });
  const names = operations[0]?.bars.map(({ gateway }) => gateway) ?? [];
  const legend = names.flatMap((name, index) => [
    `<rect x="${left + index * 130}" y="44" width="12" height="12" fill="${colours[name]}"/>`,
    text(left + 18 + index * 130, 54, gatewayTitles[name]),
  ]);

  function bar(gateway: CandidateName, values: readonly number[], at: number): string[] {
    const middle = at + barHeight / 2;
    const [lowest, highest, typical] = [Math.min(...values), Math.max(...values), median(values)];
    return [
      `<rect x="${left}" y="${at + 1}" width="${(x(typical) - left).toFixed(1)}" height="${barHeight - 2}" fill="${colours[gateway]}"/>`,
      `<line x1="${x(lowest).toFixed(1)}" x2="${x(highest).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#1f2328"/>`,
      text(x(highest) + 6, middle + 4, `${typical.toFixed(2)} ms`, { size: 11 }),
    ];
  }

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" font-family="system-ui, sans-serif">`,
    `<rect width="${width}" height="${y}" fill="#ffffff"/>`,
    text(left, 26, 'CPU time of the gateway for a request, median and range', { size: 17, weight: 600 }),
    ...legend,
    ...groups,
    '</svg>',
    '',
  ].join('\n');
}

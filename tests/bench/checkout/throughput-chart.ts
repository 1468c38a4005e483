import { text } from '../../chaos/report/svg';
import { median } from '../statistics';
import type { Group } from './groups';

const width = 900;
const left = 250;
const right = 130;
const rowHeight = 26;
const top = 56;
const colours: Readonly<Record<string, string>> = { 'this commit': '#2f6fde', baseline: '#8c959f' };

/** Orders per second: a bar for the median, a line from the lowest to the highest round. */
export function drawThroughput(groups: readonly Group[]): string {
  const speeds = groups.map(({ phases }) => phases.map(({ perSecond }) => perSecond));
  const largest = Math.max(1, ...speeds.flat());
  const x = (perSecond: number) => left + (perSecond / largest) * (width - left - right);
  const height = top + groups.length * rowHeight + 20;
  const rows = groups.flatMap(({ shop, kind, customers }, index) => {
    const values = speeds[index] as number[];
    const middle = top + index * rowHeight + rowHeight / 2;
    const [lowest, highest] = [Math.min(...values), Math.max(...values)];
    return [
      text(left - 10, middle + 4, `${shop}, ${kind}, ${customers} customers`, { anchor: 'end' }),
      `<rect x="${left}" y="${middle - 8}" width="${(x(median(values)) - left).toFixed(1)}" height="16" fill="${colours[shop]}"/>`,
      `<line x1="${x(lowest).toFixed(1)}" x2="${x(highest).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#1f2328" stroke-width="2"/>`,
      text(x(highest) + 8, middle + 4, `${median(values).toFixed(1)} orders/s`),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(left, 28, 'Checkouts per second, median and range of the rounds', { size: 17, weight: 600 }),
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

import type { Mark, Span, TimelineRecord } from '../observation/timeline';
import { axis, lane, legend, text } from './svg';

const width = 1_200;
const left = 90;
const right = 24;
const chart = { top: 64, height: 240 };
const laneHeight = 26;
const lanesTop = chart.top + chart.height + 44;

/** Positions in the chart. */
interface Scale {
  x(atMs: number): number;
  y(checkouts: number): number;
}

/**
 * Draws the run as an SVG chart: checkouts per second as an area; one lane per service, with outages
 * as bars and kills and other faults as marks; phases as bands in the background.
 */
export function drawTimeline(record: TimelineRecord): string {
  const binned = binCheckouts(record);
  const scale = scaleOf(record, binned.perSecond);
  const services = [...new Set([...record.marks, ...record.outages].map(serviceOf))].sort();
  const height = lanesTop + Math.max(services.length, 1) * laneHeight + 74;
  const parts = [
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(left, 28, 'Checkouts, kills and faults over the run', { size: 17, weight: 600 }),
    ...record.phases.map((phase, index) => drawPhase(phase, index, scale, height)),
    axis.vertical({
      left,
      right: width - right,
      ...chart,
      ticks: ticksTo(peakOf(binned.perSecond)),
      y: scale.y,
    }),
    drawArea(binned, scale),
    ...services.flatMap((service, index) => drawLane(record, service, lanesTop + index * laneHeight, scale)),
    axis.time({ top: height - 62, left, right: width - right, durationMs: record.durationMs, x: scale.x }),
    legend(left, height - 14),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function serviceOf(event: Mark | Span): string {
  return 'service' in event ? event.service : event.name;
}

function scaleOf({ durationMs }: TimelineRecord, perSecond: readonly number[]): Scale {
  const peak = ticksTo(peakOf(perSecond)).at(-1)!;
  return {
    x: (atMs) => left + (atMs / Math.max(durationMs, 1)) * (width - left - right),
    y: (checkouts) => chart.top + chart.height * (1 - checkouts / peak),
  };
}

/** At most 300 bins, each a mean per second, so that a long run stays readable. */
function binCheckouts({ checkoutsPerSecond }: TimelineRecord): { secondsEach: number; perSecond: number[] } {
  const secondsEach = Math.max(1, Math.ceil(checkoutsPerSecond.length / 300));
  const bins = Math.ceil(checkoutsPerSecond.length / secondsEach);
  const perSecond = Array.from({ length: bins }, (_, bin) => {
    const seconds = checkoutsPerSecond.slice(bin * secondsEach, (bin + 1) * secondsEach);
    return seconds.reduce((sum, count) => sum + count, 0) / seconds.length;
  });
  return { secondsEach, perSecond };
}

function peakOf(perSecond: readonly number[]): number {
  return Math.max(1, ...perSecond);
}

/** 0 and about four round numbers, the last not below `peak`. */
function ticksTo(peak: number): number[] {
  const rough = peak / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  return Array.from({ length: Math.ceil(peak / step) + 1 }, (_, index) => index * step);
}

function drawArea({ secondsEach, perSecond }: ReturnType<typeof binCheckouts>, { x, y }: Scale): string {
  const points = perSecond.map(
    (count, bin) => `${x((bin + 0.5) * secondsEach * 1_000).toFixed(1)},${y(count).toFixed(1)}`,
  );
  const [first, last] = [x(0.5 * secondsEach * 1_000), x((perSecond.length - 0.5) * secondsEach * 1_000)];
  return [
    `<path d="M${first.toFixed(1)},${y(0)} L${points.join(' L')} L${last.toFixed(1)},${y(0)} Z" fill="#2f6fde" fill-opacity="0.18"/>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="#2f6fde" stroke-width="1.5" stroke-linejoin="round"/>`,
  ].join('\n');
}

function drawPhase({ name, fromMs, toMs }: Span, index: number, { x }: Scale, height: number): string {
  const [from, to] = [x(fromMs), x(toMs)];
  const shade = index % 2 === 0 ? '#f4f6f9' : '#ffffff';
  // A name that does not fit is omitted.
  const label =
    to - from > name.length * 7
      ? text((from + to) / 2, chart.top - 10, name, { anchor: 'middle', fill: '#59636e' })
      : '';
  return `<rect x="${from.toFixed(1)}" y="${chart.top}" width="${(to - from).toFixed(1)}" height="${height - chart.top - 62}" fill="${shade}"/>${label}`;
}

function drawLane({ marks, outages }: TimelineRecord, service: string, top: number, { x }: Scale): string[] {
  const middle = top + laneHeight / 2;
  return [
    text(left - 10, middle + 4, service, { anchor: 'end' }),
    lane.line(left, width - right, middle),
    ...outages
      .filter(({ name }) => name === service)
      .map(({ fromMs, toMs }) => lane.outage(x(fromMs), x(toMs), middle)),
    ...marks
      .filter((mark) => mark.service === service)
      .map(({ kind, atMs, label }) => lane.mark(kind, x(atMs), middle, label)),
  ];
}

import type { Mark } from '../observation/timeline';

const ink = '#1f2328';
const muted = '#59636e';
const killRed = '#cf222e';
const faultAmber = '#9a6700';
const outageGrey = '#f0b8bb';

interface TextStyle {
  size?: number;
  weight?: number;
  anchor?: 'start' | 'middle' | 'end';
  fill?: string;
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 12, weight = 400, anchor = 'start', fill = ink } = style;
  return `<text x="${x.toFixed(1)}" y="${y}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${fill}">${escape(content)}</text>`;
}

export const axis = {
  /** Horizontal grid lines with their values, and the label of the axis. */
  vertical(input: {
    left: number;
    right: number;
    top: number;
    height: number;
    ticks: readonly number[];
    y: (value: number) => number;
  }): string {
    const { left, right, top, height, ticks, y } = input;
    const middle = top + height / 2;
    return [
      ...ticks.map(
        (tick) =>
          `<line x1="${left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#d1d9e0" stroke-width="1"/>${text(left - 10, y(tick) + 4, String(Number(tick.toFixed(2))), { anchor: 'end', fill: muted })}`,
      ),
      `<text transform="translate(26 ${middle}) rotate(-90)" font-size="12" text-anchor="middle" fill="${muted}">checkouts per second</text>`,
    ].join('\n');
  },

  time(input: {
    top: number;
    left: number;
    right: number;
    durationMs: number;
    x: (atMs: number) => number;
  }): string {
    const { top, left, right, durationMs, x } = input;
    const ticks = timeTicks(durationMs).map(
      (atMs) =>
        `<line x1="${x(atMs).toFixed(1)}" x2="${x(atMs).toFixed(1)}" y1="${top}" y2="${top + 5}" stroke="${muted}"/>${text(x(atMs), top + 19, clock(atMs), { anchor: 'middle', fill: muted })}`,
    );
    const line = `<line x1="${left}" x2="${right}" y1="${top}" y2="${top}" stroke="${muted}"/>`;
    return [
      line,
      ...ticks,
      text(right, top + 36, 'time since the start (min:s)', { anchor: 'end', fill: muted }),
    ].join('\n');
  },
};

export const lane = {
  line: (from: number, to: number, y: number): string =>
    `<line x1="${from}" x2="${to}" y1="${y}" y2="${y}" stroke="#d1d9e0"/>`,

  outage: (from: number, to: number, y: number): string =>
    `<rect x="${from.toFixed(1)}" y="${y - 7}" width="${Math.max(to - from, 1).toFixed(1)}" height="14" rx="2" fill="${outageGrey}"/>`,

  /** A kill is a red stroke, any other fault an amber diamond. */
  mark(kind: Mark['kind'], x: number, y: number, label: string): string {
    const title = `<title>${escape(label)}</title>`;
    return kind === 'kill'
      ? `<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${y - 8}" y2="${y + 8}" stroke="${killRed}" stroke-width="1.6">${title}</line>`
      : `<path d="M${x.toFixed(1)} ${y - 6} l5 6 l-5 6 l-5 -6 Z" fill="${faultAmber}">${title}</path>`;
  },
};

export function legend(left: number, y: number): string {
  const middle = y - 4;
  return [
    `<line x1="${left}" x2="${left + 22}" y1="${middle}" y2="${middle}" stroke="#2f6fde" stroke-width="1.5"/>`,
    text(left + 30, y, 'checkouts finished per second'),
    lane.mark('kill', left + 240, middle, 'kill'),
    text(left + 250, y, 'SIGKILL'),
    lane.mark('fault', left + 330, middle, 'fault'),
    text(left + 342, y, 'other fault'),
    lane.outage(left + 440, left + 464, middle),
    text(left + 472, y, 'service unavailable'),
  ].join('\n');
}

function timeTicks(durationMs: number): number[] {
  const seconds =
    [5, 10, 15, 30, 60, 120, 300, 600, 1_200].find((step) => durationMs / 1_000 / step <= 12) ?? 3_600;
  return Array.from(
    { length: Math.floor(durationMs / 1_000 / seconds) + 1 },
    (_, index) => index * seconds * 1_000,
  );
}

function clock(atMs: number): string {
  const seconds = Math.round(atMs / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

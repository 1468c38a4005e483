import type { ServiceName } from '../stack';

interface LogEntry {
  timestamp?: string;
  level?: string;
  message?: string;
  service?: string;
  error?: { message?: string; stack?: string };
  [field: string]: unknown;
}

const levelColours: Readonly<Record<string, number>> = { error: 31, warn: 33, info: 32, debug: 90 };

/** Equal in all lines, or former names. */
const unshownFields: ReadonlySet<string> = new Set(['version', 'span_id', 'requestId', 'traceId']);

/**
 * Formats a JSON log line for a terminal: time, service, level, message, fields. Other lines get
 * the service as prefix.
 */
export function prettyLog(service: ServiceName, line: string, isColoured: boolean): string {
  const paint = (colour: number, text: string) => (isColoured ? `\x1b[${colour}m${text}\x1b[0m` : text);
  const entry = parse(line);
  const origin = paint(36, service.padEnd(7));
  if (!entry) return `${origin} ${line}`;
  const { timestamp, level = 'info', message = '', service: _service, error, ...others } = entry;
  const { repeated, inSeconds, ...fields } = others;
  const isShown = (name: string) =>
    !unshownFields.has(name) && (repeated === undefined || !/^ids$|Ids$/.test(name));
  const clock = paint(90, String(timestamp ?? '').slice(11, 23));
  const rest = Object.entries(fields)
    .filter(([name]) => isShown(name))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const parts = [
    clock,
    origin,
    paint(levelColours[level] ?? 0, level.padEnd(5)),
    message,
    typeof repeated !== 'number' ? '' : `… repeated ${repeated} times in ${String(inSeconds)} s`,
    paint(90, rest.join(' ')),
  ];
  const stack = error ? `\n${error.stack ?? error.message ?? ''}` : '';
  return parts.filter(Boolean).join(' ') + stack;
}

/** True for lines that are shown even while the stack is starting. */
export function isAlarming(line: string): boolean {
  const level = parse(line)?.level;
  return level === undefined || level === 'error';
}

function parse(line: string): LogEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}

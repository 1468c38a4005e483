import winston from 'winston';
import { currentRequestContext } from '../request-context';
import { RepeatedWarnings } from './repeated-warnings';

export type Logger = winston.Logger;

const { combine, timestamp, json, errors, printf, colorize } = winston.format;

/** Adds the request ID and the trace ID. */
const origin = winston.format((info) => {
  // An entry for several requests; its timer runs in the context of the first request.
  if (info['repeated'] !== undefined) return info;
  const { requestId, trace } = currentRequestContext() ?? {};
  if (requestId) info['requestId'] = requestId;
  if (trace) info['traceId'] = trace.traceId;
  return info;
});

/** Converts errors and their causes to plain fields for JSON. */
const readableErrors = winston.format((info) => {
  if (info['error'] instanceof Error) info['error'] = describeError(info['error']);
  return info;
});

function describeError(error: Error): object {
  const message = quotesData(error)
    ? 'the database rejected a value (message omitted, because it contains the value)'
    : error.message;
  return {
    name: error.name,
    message,
    stack: error.stack?.replace(error.message, () => message),
    ...('code' in error ? { code: error.code } : {}),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  };
}

/**
 * SQLSTATE class 22, data exceptions: PostgreSQL's message contains the value, which may be secret.
 */
function quotesData(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^22[0-9A-Z]{3}$/.test(error.code);
}

/** Drops a warning, or an error with `isAggregated: true`, that `RepeatedWarnings` counts. */
const aggregated = winston.format((info, options) => {
  const { warnings } = options as { warnings: RepeatedWarnings };
  const isRepeating = info.level === 'warn' || info['isAggregated'] === true;
  const isSingle = !isRepeating || info['repeated'] !== undefined;
  return isSingle || warnings.take(info) ? info : false;
});

const pretty = printf(({ level, message, timestamp: at, service, error, ...info }) => {
  const { repeated, inSeconds, ...others } = info;
  const isShown = (name: string) => repeated === undefined || !/^ids$|Ids$/.test(name);
  const fields = Object.fromEntries(Object.entries(others).filter(([name]) => isShown(name)));
  const times = typeof repeated !== 'number' ? '' : ` … repeated ${repeated} times in ${String(inSeconds)} s`;
  const clock = String(at).slice(11, 23);
  const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
  const stack = error ? `\n${(error as { stack?: string }).stack ?? JSON.stringify(error)}` : '';
  return `${clock} ${level} ${String(service)}: ${String(message)}${times}${rest}${stack}`;
});

/**
 * JSON lines on standard output (`format: 'pretty'` for a terminal); equal warnings within
 * `repeatWindowSeconds` are one line. Log a constant message plus fields;
 * never a token, a password or a whole request.
 */
export function createLogger(input: {
  service: string;
  level?: string;
  format?: 'json' | 'pretty';
  repeatWindowSeconds?: number;
}): Logger {
  const { service, level = 'info', format = 'json' } = input;
  const shape = format === 'pretty' ? combine(colorize({ level: true }), pretty) : json();
  const warnings = new RepeatedWarnings(
    (summary) => void logger.log(summary as winston.LogEntry),
    input.repeatWindowSeconds,
  );
  const logger = winston.createLogger({
    level,
    defaultMeta: { service },
    format: combine(
      timestamp(),
      errors({ stack: true }),
      origin(),
      readableErrors(),
      aggregated({ warnings }),
      shape,
    ),
    transports: [new winston.transports.Console()],
  });
  return logger;
}

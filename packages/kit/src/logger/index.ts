import winston from 'winston';
import { serviceVersion } from '../config/service-environment';
import { currentRequestContext } from '../request-context';
import { StandardOutput } from './output';
import { redaction } from './redact';
import { RepeatedWarnings } from './repeated-warnings';

export type Logger = winston.Logger;

const { combine, timestamp, json, errors, printf, colorize } = winston.format;

/**
 * Adds the request ID, the trace ID and the ID of the span. `requestId` and `traceId` are the former
 * names, kept for one release.
 */
const origin = winston.format((info) => {
  // An entry for several requests; its timer runs in the context of the first request.
  if (info['repeated'] !== undefined) return info;
  // An access line has its own: it is written outside the request's context.
  if (info['request_id'] !== undefined) return info;
  const context = currentRequestContext();
  const requestId = info['requestId'] ?? context?.requestId;
  if (requestId) Object.assign(info, { request_id: requestId, requestId });
  const trace = context?.trace;
  if (trace) Object.assign(info, { trace_id: trace.traceId, span_id: trace.spanId, traceId: trace.traceId });
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

/** Drops what `RepeatedWarnings` counts: equal warnings, and errors that are repeated often. */
const aggregated = winston.format((info, options) => {
  const { warnings } = options as { warnings: RepeatedWarnings };
  const isSingle = (info.level !== 'warn' && info.level !== 'error') || info['repeated'] !== undefined;
  return isSingle || warnings.take(info) ? info : false;
});

/** The symbol under which transports find the text. */
const text = Symbol.for('message');

/** Faster than winston's `json`, which sorts the keys; that one takes what JSON cannot contain. */
const jsonLine = winston.format((info) => {
  try {
    info[text] = JSON.stringify(info);
    return info;
  } catch {
    return json().transform(info, {});
  }
});

/** Fields that `pretty` leaves out: equal in all lines of a terminal, or former names. */
const unshownFields: ReadonlySet<string> = new Set(['version', 'span_id', 'requestId', 'traceId']);

const pretty = printf(({ level, message, timestamp: at, service, error, ...info }) => {
  const { repeated, inSeconds, ...others } = info;
  const isShown = (name: string) =>
    !unshownFields.has(name) && (repeated === undefined || !/^ids$|Ids$/.test(name));
  const fields = Object.fromEntries(Object.entries(others).filter(([name]) => isShown(name)));
  const times = typeof repeated !== 'number' ? '' : ` … repeated ${repeated} times in ${String(inSeconds)} s`;
  const clock = String(at).slice(11, 23);
  const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
  const stack = error ? `\n${(error as { stack?: string }).stack ?? JSON.stringify(error)}` : '';
  return `${clock} ${level} ${String(service)}: ${String(message)}${times}${rest}${stack}`;
});

/**
 * JSON lines on standard output (`format: 'pretty'` for a terminal); equal warnings within
 * `repeatWindowSeconds` are one line, and equal errors beyond the first 20. Log a constant message
 * plus fields; never a token, a password or a whole request.
 */
export function createLogger(input: {
  service: string;
  level?: string;
  format?: 'json' | 'pretty';
  repeatWindowSeconds?: number;
}): Logger {
  const { service, level = 'info', format = 'json' } = input;
  const shape = format === 'pretty' ? combine(colorize({ level: true }), pretty) : jsonLine();
  const warnings = new RepeatedWarnings(
    (summary) => void logger.log(summary as winston.LogEntry),
    input.repeatWindowSeconds,
  );
  const logger = winston.createLogger({
    level,
    defaultMeta: { service, version: serviceVersion() },
    format: combine(
      timestamp(),
      errors({ stack: true }),
      origin(),
      readableErrors(),
      redaction(),
      aggregated({ warnings }),
      shape,
    ),
    transports: [
      new StandardOutput(
        (droppedLines) =>
          void logger.error('log lines were dropped: standard output was not read', { droppedLines }),
      ),
    ],
  });
  return logger;
}

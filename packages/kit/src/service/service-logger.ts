import type { ServiceEnvironment } from '../config';
import { createLogger, type Logger } from '../logger';

export type LoggerSettings = Pick<
  ServiceEnvironment,
  'LOG_LEVEL' | 'LOG_FORMAT' | 'LOG_REPEAT_WINDOW_SECONDS'
>;

/** Creates a logger from the settings. */
export function createServiceLogger(service: string, settings: LoggerSettings): Logger {
  return createLogger({
    service,
    level: settings.LOG_LEVEL,
    format: settings.LOG_FORMAT,
    repeatWindowSeconds: settings.LOG_REPEAT_WINDOW_SECONDS,
  });
}

import { ConfigError, type ServiceEnvironment, serviceVersion } from '../config';
import { createLogger, type Logger } from '../logger';
import { startTelemetry, telemetryShutdownMs } from '../telemetry';
import { drainDelayMs } from './drain';
import { releaseMemory } from './release-memory';

export interface RunningService {
  /** http://host:port */
  url: string;
  stop(): Promise<void>;
}

/**
 * Main function of a service: reads the settings, starts telemetry and the service, and shuts both
 * down gracefully on a signal. Invalid settings are printed as one message; they and a failed start exit with 1.
 */
export async function runService<Settings extends ServiceEnvironment>(options: {
  name: string;
  loadSettings: () => Settings;
  start: (settings: Settings, logger: Logger) => Promise<RunningService>;
}): Promise<void> {
  const { name, loadSettings, start } = options;
  const settings = settingsOrExit(loadSettings);
  const logger = createServiceLogger(name, settings);
  const telemetry = startTelemetry({
    ...{ service: name, version: serviceVersion() },
    warn: (message, fields) => void logger.warn(message, fields),
  });
  toggleDebugOnSignal(logger);
  try {
    const service = await start(settings, logger);
    releaseMemory();
    const stop = async () => {
      try {
        await service.stop();
      } finally {
        await telemetry.shutdown();
      }
    };
    const timeoutMs = drainDelayMs(settings) + settings.DRAIN_TIMEOUT_MS + telemetryShutdownMs;
    runUntilStopped({ logger, stop, timeoutMs });
  } catch (error) {
    logger.error('start failed', { error });
    process.exit(1);
  }
}

/**
 * Runs a one-shot program, such as a migration or a seed. Exit code 0 on success, 1 on failure or
 * invalid settings. `work` releases its own resources.
 */
export async function runCommand<Settings extends LoggerSettings>(options: {
  name: string;
  loadSettings: () => Settings;
  work: (settings: Settings, logger: Logger) => Promise<void>;
}): Promise<void> {
  const settings = settingsOrExit(options.loadSettings);
  const logger = createServiceLogger(options.name, settings);
  // Its default action would end the process.
  process.on('SIGUSR2', () => undefined);
  try {
    await options.work(settings, logger);
  } catch (error) {
    logger.error('failed', { error });
    process.exit(1);
  }
}

/**
 * Shuts the process down gracefully on SIGTERM, SIGINT, or when its parent exits (the IPC channel
 * closes). A second signal, or `timeoutMs`, exits immediately.
 */
function runUntilStopped(options: { logger: Logger; stop: () => Promise<void>; timeoutMs: number }): void {
  const { logger, stop, timeoutMs } = options;
  let stopping = false;
  const begin = (reason: string) => {
    if (stopping) {
      if (reason === 'disconnect') return;
      process.exit(1);
    }
    stopping = true;
    logger.info('stopping', { reason });
    setTimeout(() => {
      logger.error('shutdown timed out', { timeoutMs });
      process.exit(1);
    }, timeoutMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('stopping failed', { error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
  process.on('disconnect', () => begin('disconnect'));
  // False only if the parent exited while the service was starting, because its event was missed.
  if (process.connected === false) begin('disconnect');
}

/**
 * SIGUSR2 switches the log level of a running process to debug, and back to its former level at the
 * next signal. (SIGUSR1 starts Node's inspector.)
 */
function toggleDebugOnSignal(logger: Logger): void {
  const configured = logger.level === 'debug' ? 'info' : logger.level;
  process.on('SIGUSR2', () => {
    const to = logger.level === 'debug' ? configured : 'debug';
    // Visible at both levels: an operator must see that the signal has arrived.
    logger.level = 'debug';
    logger.warn('log level changed', { state: to });
    logger.level = to;
  });
}

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

/** Returns the settings, or prints all problems and exits. */
export function settingsOrExit<Settings>(loadSettings: () => Settings, exitCode = 1): Settings {
  try {
    return loadSettings();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(exitCode);
  }
}

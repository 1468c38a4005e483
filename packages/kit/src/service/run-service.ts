import type { ServiceEnvironment } from '../config';
import type { Logger } from '../logger';
import type { Telemetry } from '../telemetry';
import { drainDelayMs } from './drain';
import { runUntilStopped } from './run-until-stopped';
import { createServiceLogger } from './service-logger';
import { settingsOrExit } from './settings';
import type { RunningService } from './subgraph-server';

/**
 * Main function of a service: reads the settings, starts the service, and shuts it down gracefully
 * on a signal. Invalid settings are printed as one message; they and a failed start exit with 1.
 */
export async function runService<Settings extends ServiceEnvironment>(options: {
  name: string;
  telemetry: Telemetry;
  loadSettings: () => Settings;
  start: (settings: Settings, logger: Logger) => Promise<RunningService>;
}): Promise<void> {
  const { name, telemetry, loadSettings, start } = options;
  const settings = settingsOrExit(loadSettings);
  const logger = createServiceLogger(name, settings);
  try {
    const service = await start(settings, logger);
    const stop = async () => {
      await service.stop();
      await telemetry.shutdown();
    };
    const timeoutMs = drainDelayMs(settings) + settings.DRAIN_TIMEOUT_MS;
    runUntilStopped({ logger, stop, timeoutMs });
  } catch (error) {
    logger.error('start failed', { error });
    process.exit(1);
  }
}

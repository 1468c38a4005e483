import type { ServiceEnvironment } from '../config';
import type { Logger } from '../logger';
import type { Telemetry } from '../telemetry';
import { drainDelayMs } from './drain';
import { runUntilStopped } from './run-until-stopped';
import { createServiceLogger } from './service-logger';
import { settingsOrExit } from './settings';
import type { RunningService } from './subgraph-server';

/**
 * The whole life of a service's process: reads the settings, starts the service, stops it in order when told to. Settings that are
 * wrong are printed as one message and end the process with 1, as does a start that fails.
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
    logger.error('could not start', { error });
    process.exit(1);
  }
}

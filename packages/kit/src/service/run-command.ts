import type { Logger } from '../logger';
import { createServiceLogger, type LoggerSettings } from './service-logger';
import { settingsOrExit } from './settings';

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
  try {
    await options.work(settings, logger);
  } catch (error) {
    logger.error('failed', { error });
    process.exit(1);
  }
}

import type { Logger } from '../logger';
import { createServiceLogger, type LoggerSettings } from './service-logger';
import { settingsOrExit } from './settings';

/**
 * A program that does one thing and ends, such as a migration or a seed: 0 when `work` is done, 1 when it fails or
 * the settings are wrong. `work` closes what it opened.
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

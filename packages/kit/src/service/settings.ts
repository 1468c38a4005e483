import { ConfigError } from '../config';

/** The settings, or the end of the process with one readable message about all that is wrong. */
export function settingsOrExit<Settings>(loadSettings: () => Settings, exitCode = 1): Settings {
  try {
    return loadSettings();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(exitCode);
  }
}

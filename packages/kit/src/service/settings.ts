import { ConfigError } from '../config';

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

/**
 * What this process was started with; child processes inherit it, settings are read from it by
 * `loadStackConfig`.
 */
export const inheritedEnvironment: NodeJS.ProcessEnv = process.env;

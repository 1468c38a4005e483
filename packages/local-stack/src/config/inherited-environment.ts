/**
 * The environment of this process. Child processes inherit it; `loadStackConfig` reads settings
 * from it.
 */
export const inheritedEnvironment: NodeJS.ProcessEnv = process.env;

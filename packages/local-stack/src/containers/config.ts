/**
 * Settings of a process in a container. Read without the validation of `loadConfig`, whose modules
 * would double the time of a health check, which is a new process every few seconds.
 */
export const containerSettings = {
  /** The service of this container. Without it, `seed` and `operate` work on all of them. */
  service: process.env['SERVICE'],
  /** The gateway has a default, as in its settings; a subgraph does not start without PORT. */
  port: process.env['PORT'] || (process.env['SERVICE'] === 'gateway' ? '8080' : undefined),
} as const;

/** The environment of a process for one service, from an environment for all of them. */
export function environmentForService(service: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    SERVICE: service,
    DATABASE_URL_FILE: process.env[`${service.toUpperCase()}_DATABASE_URL_FILE`],
  };
}

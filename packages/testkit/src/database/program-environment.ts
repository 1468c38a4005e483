/** What programs started by tests inherit: nothing of the developer's own settings. */
export function programEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    ...(TMPDIR && { TMPDIR }),
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
    BCRYPT_COST: '10',
    // Tests share few processors: a read that is slow for that reason must not look like a
    // subgraph's outage.
    SUBGRAPH_QUERY_TIMEOUT_MS: '5000',
  };
}

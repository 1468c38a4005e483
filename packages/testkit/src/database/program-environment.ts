/** Environment of programs that tests start, without the developer's settings. */
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
    // Tests share few processors, so a slow read must not count as an outage of a subgraph.
    SUBGRAPH_QUERY_TIMEOUT_MS: '5000',
  };
}

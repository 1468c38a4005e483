import type { RawResponse } from './raw-client';

/**
 * What only the inside knows. None of the strings that are sent holds any of it, so it cannot be an echo.
 * `pg_` must begin a word: about one access token in 800 has these three characters somewhere in its signature.
 */
const leaks: Record<string, RegExp> = {
  'an error of ours': /INTERNAL_SERVER_ERROR|UPSTREAM_UNAVAILABLE|"code":"(internal|upstream_unavailable)"/,
  'a stack': /(^|\\n|\n)\s+at \S|node_modules|\.(js|ts):\d+/,
  SQL: /SELECT .* FROM|INSERT INTO|syntax error at|relation \\?"|column \\?"|(?<![\w-])pg_|QueryFailed|tsquery|violates/,
  'a host name': /127\.0\.0\.1|localhost|\[::1\]|ECONN[A-Z]+|ENOTFOUND|https?:\/\/[^"\s]*:\d{4,5}/,
};

/** What an answer to bad input must not be or hold; empty for a good one. */
export function offencesIn({ status, headers, text }: RawResponse): string[] {
  const content = `${text}\n${JSON.stringify(headers)}`;
  const found = Object.entries(leaks).filter(([, pattern]) => pattern.test(content));
  const offences = found.map(([what]) => what);
  return status >= 500 ? [`HTTP ${status}`, ...offences] : offences;
}

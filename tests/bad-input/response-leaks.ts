import type { RawResponse } from './raw-client';

/**
 * Internal details. No string of the tests matches, so a match is not an echo of the request.
 * `pg_` matches at the start of a word only: one in 800 access tokens contains it.
 */
const patterns: Record<string, RegExp> = {
  'an internal error code':
    /INTERNAL_SERVER_ERROR|UPSTREAM_UNAVAILABLE|"code":"(internal|upstream_unavailable)"/,
  'a stack trace': /(^|\\n|\n)\s+at \S|node_modules|\.(js|ts):\d+/,
  SQL: /SELECT .* FROM|INSERT INTO|syntax error at|relation \\?"|column \\?"|(?<![\w-])pg_|QueryFailed|tsquery|violates/,
  'a host name': /127\.0\.0\.1|localhost|\[::1\]|ECONN[A-Z]+|ENOTFOUND|https?:\/\/[^"\s]*:\d{4,5}/,
};

/** The internal details in a response, and its status if that is 5xx. */
export function leaksIn({ status, headers, text }: RawResponse): string[] {
  const content = `${text}\n${JSON.stringify(headers)}`;
  const leaks = Object.entries(patterns).filter(([, pattern]) => pattern.test(content));
  const names = leaks.map(([name]) => name);
  return status >= 500 ? [`HTTP ${status}`, ...names] : names;
}

/** Directory of armed crash points; undefined in production and unless a test sets it. */
export function crashPointsDirectory(): string | undefined {
  return process.env['NODE_ENV'] === 'production' ? undefined : process.env['CRASH_POINTS_DIR'];
}

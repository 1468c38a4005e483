/** Where armed crash points lie; undefined, and so without any effect, unless a test set it. Production never looks. */
export function crashPointsDirectory(): string | undefined {
  return process.env['NODE_ENV'] === 'production' ? undefined : process.env['CRASH_POINTS_DIR'];
}

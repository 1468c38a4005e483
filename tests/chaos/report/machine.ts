import { arch, cpus, platform, release, totalmem } from 'node:os';

/** The machine on which the measurements were made. */
export function machine(): Record<string, string> {
  const model = cpus()[0]?.model.trim();
  return {
    processors: `${cpus().length} × ${model || arch()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release().split('-')[0]}`,
    node: process.version,
    postgresql: '18 (embedded)',
  };
}

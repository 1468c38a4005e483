import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { createServerProcess, findProgram, requireProgram } from '@shop/testkit/optional-server';

/** Debian's package `prometheus` has both programs. */
export const prometheusProgram = { names: ['prometheus'], variable: 'PROMETHEUS_BIN' } as const;

/** Path of promtool, beside Prometheus; undefined if Prometheus is not installed. */
export function promtoolPath(): string | undefined {
  const prometheus = findProgram(prometheusProgram);
  return prometheus && join(dirname(prometheus), 'promtool');
}

export interface PrometheusServer {
  /** http://127.0.0.1:port */
  url: string;
  /** Stops it; its data directory stays. */
  stop(): Promise<void>;
}

/**
 * Starts Prometheus with the content of a configuration, on a free port of 127.0.0.1.
 *
 * @throws Error if Prometheus is not installed
 */
export async function startPrometheus(options: {
  /** Gets `prometheus.yml` and `tsdb/`. */
  directory: string;
  /** @param address of this server, for a job that scrapes it */
  config: (address: string) => string;
}): Promise<PrometheusServer> {
  const { directory, config } = options;
  const program = requireProgram(prometheusProgram);
  const [port = 0] = await freePorts(1);
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'prometheus.yml');
  const address = `127.0.0.1:${port}`;
  writeFileSync(file, config(address));
  const url = `http://${address}`;
  const server = createServerProcess({
    program,
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'tsdb')}`,
      `--web.listen-address=${address}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ],
    isReady: () => requireReady(url),
  });
  await server.start();
  // What was scraped is in the write-ahead log, so it may be killed.
  return { url, stop: () => server.kill() };
}

async function requireReady(url: string): Promise<void> {
  const response = await fetch(`${url}/-/ready`);
  if (!response.ok) throw new Error(`Prometheus is not ready: ${response.status}`);
}

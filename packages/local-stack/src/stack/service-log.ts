import type { ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ServiceName } from '../services';

/** Called with every line of a service, usually a JSON object. */
export type LogSink = (service: ServiceName, line: string) => void;

const rotateAtBytes = 10_000_000;
const rememberedLines = 40;

/** Copies the output of a process to `<logDir>/<service>.log` and to the sink. */
export interface ServiceLog {
  file: string;
  attach(child: ChildProcess): void;
  /** The latest line that looks like the cause of a failure. */
  lastError(): string;
}

export function openServiceLog(service: ServiceName, logDir: string, sink: LogSink): ServiceLog {
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const file = join(logDir, `${service}.log`);
  rotate(file);
  const recent: string[] = [];
  return {
    file,
    attach(child) {
      const stream = createWriteStream(file, { flags: 'a' });
      const write = (line: string) => {
        stream.write(`${line}\n`);
        sink(service, line);
        if (recent.push(line) > rememberedLines) recent.shift();
      };
      for (const output of [child.stdout, child.stderr]) {
        createInterface({ input: output as Readable }).on('line', write);
      }
      child.once('close', () => stream.end());
    },
    lastError: () => errorIn(recent),
  };
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > rotateAtBytes) renameSync(file, `${file}.1`);
}

/** An error in the log if there is one; else a thrown error's headline; else the last line. */
function errorIn(lines: readonly string[]): string {
  const newest = lines.toReversed();
  const logged = newest.map(loggedError).find((message) => message !== undefined);
  const thrown = newest.find((line) => /^(\w*Error|.*: \d+ setting)/.test(line));
  return logged ?? thrown ?? newest[0] ?? 'no output';
}

function loggedError(line: string): string | undefined {
  try {
    const entry = JSON.parse(line) as { level?: string; message?: string; error?: { message?: string } };
    if (entry.level !== 'error') return undefined;
    return [entry.message, entry.error?.message].filter(Boolean).join(': ');
  } catch {
    return undefined;
  }
}

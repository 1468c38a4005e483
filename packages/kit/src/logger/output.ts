import winston from 'winston';
import { counter } from '../metrics/registry';

/** The symbol under which winston stores the formatted line. */
const formatted = Symbol.for('message');

/** In UTF-16 code units: 8 MiB of ASCII text. */
const maximumBufferedLength = 8 * 1_024 * 1_024;

const dropped = counter({
  name: 'log_lines_dropped_total',
  help: 'Log lines that were not written, because standard output was not read or was closed.',
});

let pending = '';
let pendingLines = 0;
/** Dropped since standard output was blocked; undefined while it is not. */
let droppedWhileBlocked: number | undefined;
let isExiting = false;

function flush(): void {
  if (pending === '') return;
  const [lines, count] = [pending, pendingLines];
  pending = '';
  pendingLines = 0;
  process.stdout.write(lines, (error) => {
    if (error) dropped.inc(count);
  });
}

// A reader of the log that has ended must not end the process.
process.stdout.on('error', () => undefined);

process.once('exit', () => {
  isExiting = true;
  flush();
});

/**
 * Standard output. Lines of one turn of the event loop are written with one system call, because each
 * call blocks the process; errors and warnings are written immediately, with what precedes them. A
 * process that is killed loses at most the other lines of its last turn. While
 * standard output is not read, lines beyond `maximumBufferedLength` are dropped and counted.
 */
export class StandardOutput extends winston.transports.Console {
  /** @param onDrained called when all buffered lines are written, with how many were dropped */
  constructor(private readonly onDrained: (droppedLines: number) => void) {
    super();
  }

  override log(info: winston.LogEntry & { [formatted]?: string }, next: () => void): void {
    if (pending.length + process.stdout.writableLength >= maximumBufferedLength) this.drop();
    else {
      if (pending === '') setImmediate(flush);
      pending += `${info[formatted]}\n`;
      pendingLines += 1;
      if (isExiting || /error|warn/.test(info.level)) flush();
    }
    next();
  }

  private drop(): void {
    dropped.inc();
    if (droppedWhileBlocked === undefined) {
      droppedWhileBlocked = 0;
      process.stdout.once('drain', () => {
        const lines = droppedWhileBlocked ?? 0;
        droppedWhileBlocked = undefined;
        this.onDrained(lines);
      });
    }
    droppedWhileBlocked += 1;
  }
}

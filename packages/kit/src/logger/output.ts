import winston from 'winston';

/** The symbol under which winston stores the formatted line. */
const formatted = Symbol.for('message');

let pending = '';
let isExiting = false;

function flush(): void {
  if (pending === '') return;
  const lines = pending;
  pending = '';
  process.stdout.write(lines);
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
 * process that is killed loses at most the other lines of its last turn.
 */
export class StandardOutput extends winston.transports.Console {
  override log(info: winston.LogEntry & { [formatted]?: string }, next: () => void): void {
    if (pending === '') setImmediate(flush);
    pending += `${info[formatted]}\n`;
    if (isExiting || /error|warn/.test(info.level)) flush();
    next();
  }
}

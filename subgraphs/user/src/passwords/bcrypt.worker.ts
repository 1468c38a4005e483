// A worker thread runs this file compiled, and in tests as it is: nothing but CommonJS and types that can be stripped.
import type { QueuedBcryptTask } from './bcrypt-task';

const { constants, getPriority, setPriority } = require('node:os') as typeof import('node:os');
const { compareSync, hashSync } = require('bcryptjs') as typeof import('bcryptjs');

lowerThreadPriority();

/** Undefined when the task has waited too long: the time is better spent on one that somebody waits for. */
module.exports = (task: QueuedBcryptTask): string | boolean | undefined => {
  if (Date.now() > task.uselessAfter) return undefined;
  return task.kind === 'hash' ? hashSync(task.password, task.cost) : compare(task.password, task.hash);
};

/** On Linux a priority is this thread's alone: what answers requests goes first, and a crowd that signs in waits for itself. */
function lowerThreadPriority(): void {
  const lower = constants.priority.PRIORITY_BELOW_NORMAL;
  try {
    if (process.platform === 'linux' && getPriority() < lower) setPriority(lower);
  } catch {
    // A sandbox may forbid it, and hashing works without it.
  }
}

/** A stored hash that is none matches no password. */
function compare(password: string, hash: string): boolean {
  try {
    return compareSync(password, hash);
  } catch {
    return false;
  }
}

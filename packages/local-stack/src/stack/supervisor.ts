/** A started process. */
export interface RunningProcess {
  pid: number;
  /** Resolves when it has exited, with a description ("by SIGKILL"). */
  exited: Promise<string>;
  /** Resolves when it is ready; rejects if it exits before. */
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Stops it gracefully; resolves when it has exited. */
  stop(): Promise<void>;
}

/** A process that is restarted when it exits. */
export interface SupervisedProcess {
  /** Undefined while it is not running. */
  readonly pid: number | undefined;
  /** Sends a signal; a process that exits by it is restarted. */
  kill(signal: NodeJS.Signals): void;
  /** Starts it if it is not running; resolves when it is ready. */
  start(): Promise<void>;
  /** Stops it without a restart. */
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  name: string;
  launch: () => Promise<RunningProcess> | RunningProcess;
  /** False: a process that exits is not restarted. */
  restart: boolean;
  /** Called with one line for each exit and each restart. */
  onNotice: (line: string) => void;
}

type State =
  | { kind: 'stopped' }
  | { kind: 'launching'; launched: Promise<RunningProcess> }
  | { kind: 'running'; process: RunningProcess; sinceMs: number }
  | { kind: 'pausing'; timer: NodeJS.Timeout }
  | { kind: 'stopping'; process: RunningProcess };

const firstPauseMs = 200;
const longestPauseMs = 10_000;
/**
 * A process that has run for this long is healthy: the pause before its next restart is short
 * again.
 */
const healthyAfterMs = 30_000;

/** Supervises a process: restarts it after a pause that doubles from 0.2 s to 10 s. */
export function supervise({ name, launch, restart, onNotice }: SupervisorOptions): SupervisedProcess {
  let state: State = { kind: 'stopped' };
  let pauseMs = firstPauseMs;
  let isWanted = false;

  async function launchProcess(): Promise<RunningProcess> {
    const launched = Promise.resolve().then(launch);
    state = { kind: 'launching', launched };
    try {
      const process = await launched;
      state = { kind: 'running', process, sinceMs: performance.now() };
      void process.exited.then((how) => ended(process, how));
      return process;
    } catch (error) {
      state = { kind: 'stopped' };
      throw error;
    }
  }

  function ended(process: RunningProcess, how: string): void {
    if (state.kind !== 'running' || state.process !== process) return;
    if (performance.now() - state.sinceMs >= healthyAfterMs) pauseMs = firstPauseMs;
    scheduleRestart(`${name} ended ${how}`);
  }

  function scheduleRestart(what: string): void {
    if (!restart || !isWanted) {
      state = { kind: 'stopped' };
      onNotice(what);
      return;
    }
    onNotice(`${what}; restarting it in ${pauseMs / 1000} s`);
    state = { kind: 'pausing', timer: setTimeout(() => void restartNow(), pauseMs) };
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }

  async function restartNow(): Promise<void> {
    try {
      const process = await launchProcess();
      await process.ready();
      onNotice(`${name} is ready again (process ${process.pid})`);
    } catch (error) {
      // The exit is handled by `ended`.
      if (state.kind === 'stopped') scheduleRestart(`${name} did not start: ${(error as Error).message}`);
    }
  }

  async function current(): Promise<RunningProcess | undefined> {
    if (state.kind === 'launching') return state.launched.catch(() => undefined);
    return state.kind === 'running' || state.kind === 'stopping' ? state.process : undefined;
  }

  return {
    get pid() {
      return state.kind === 'running' || state.kind === 'stopping' ? state.process.pid : undefined;
    },
    kill(signal) {
      if (state.kind === 'running' || state.kind === 'stopping') state.process.kill(signal);
    },
    async start() {
      isWanted = true;
      if (state.kind === 'stopping') await state.process.exited;
      if (state.kind === 'pausing') clearTimeout(state.timer);
      const running = (await current()) ?? (await launchProcess());
      await running.ready();
    },
    async stop() {
      isWanted = false;
      if (state.kind === 'pausing') clearTimeout(state.timer);
      const running = await current();
      if (running) {
        state = { kind: 'stopping', process: running };
        await running.stop();
      }
      state = { kind: 'stopped' };
    },
  };
}

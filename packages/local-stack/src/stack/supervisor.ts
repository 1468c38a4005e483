/** A process that was started. */
export interface RunningProcess {
  pid: number;
  /** Resolves when it has ended, with how it ended in words ("by SIGKILL"). */
  exited: Promise<string>;
  /** Resolves when it can work; rejects when it ends before. */
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Ends it in order; resolves when it is gone. */
  stop(): Promise<void>;
}

/** A process that is started again when it dies. */
export interface SupervisedProcess {
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Sends a signal as an outsider would: a process that dies of it is started again. */
  kill(signal: NodeJS.Signals): void;
  /** Starts it if it does not run; resolves when it can work. */
  start(): Promise<void>;
  /** Ends it; it stays away until `start`. */
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  name: string;
  launch: () => Promise<RunningProcess> | RunningProcess;
  /** False: a process that dies stays dead. */
  restart: boolean;
  /** Gets one line for each end and each start again. */
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
/** Having run for this long, a process counts as healthy: its next restart is quick again. */
const healthyAfterMs = 30_000;

/** Keeps one process alive, with a pause that doubles from 0.2 s to 10 s between tries. */
export function supervise({ name, launch, restart, onNotice }: SupervisorOptions): SupervisedProcess {
  let state: State = { kind: 'stopped' };
  let pauseMs = firstPauseMs;
  let isWanted = false;

  async function begin(): Promise<RunningProcess> {
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
    tryAgainLater(`${name} ended ${how}`);
  }

  function tryAgainLater(what: string): void {
    if (!restart || !isWanted) {
      state = { kind: 'stopped' };
      onNotice(what);
      return;
    }
    onNotice(`${what}; starting it again in ${pauseMs / 1000} s`);
    state = { kind: 'pausing', timer: setTimeout(() => void beginAgain(), pauseMs) };
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }

  async function beginAgain(): Promise<void> {
    try {
      const process = await begin();
      await process.ready();
      onNotice(`${name} is ready again (process ${process.pid})`);
    } catch (error) {
      // A process that ended has already been noticed by `ended`.
      if (state.kind === 'stopped') tryAgainLater(`${name} did not start: ${(error as Error).message}`);
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
      const running = (await current()) ?? (await begin());
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

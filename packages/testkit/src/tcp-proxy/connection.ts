import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Targets } from './targets';

/** A network fault that applies to the connections of a proxy. */
export type Fault =
  | { kind: 'none' }
  | { kind: 'refuse' }
  | { kind: 'hang' }
  | { kind: 'drip'; bytesPerSecond: number }
  | { kind: 'delay'; ms: number }
  | { kind: 'lose' };

/** The current fault, shared by all connections of a proxy. */
export class FaultSwitch {
  now: Fault = { kind: 'none' };
  private readonly changes = new EventEmitter().setMaxListeners(0);

  set(fault: Fault): void {
    this.now = fault;
    this.changes.emit('change');
  }

  /** Resolves at the next change, or after `limitMs`. */
  async changed(limitMs?: number): Promise<void> {
    const options = limitMs === undefined ? {} : { signal: AbortSignal.timeout(limitMs) };
    await once(this.changes, 'change', options).catch(() => undefined);
  }
}

const drippingTicksPerSecond = 20;

/** A client's connection and the connection to the target. */
export class ProxiedConnection {
  private target: Socket | undefined;
  /** The client has sent data since the last byte of a response. */
  private isAwaitingResponse = false;

  constructor(
    private readonly client: Socket,
    private readonly fault: FaultSwitch,
  ) {
    // The close event handles errors; without a listener an error would end the process.
    client.on('error', () => undefined);
  }

  /** Forwards bytes until both sides have ended or one fails. */
  async run(targets: Targets): Promise<void> {
    try {
      await this.untilNotHanging();
      this.target = await this.connectToOne(targets);
      this.client.once('close', () => this.break());
      // Without an error it is the end of a response, which may not have reached the client yet.
      this.target.once('close', (hadError) => hadError && this.break());
      await Promise.all([this.passRequests(this.target), this.passResponses(this.target)]);
    } catch {
      this.break();
    }
  }

  /** Resets both sides, so that waiting peers are notified immediately. */
  break(): void {
    for (const socket of [this.client, this.target]) {
      if (!socket || socket.destroyed) continue;
      // libuv does not reset a socket that is being shut down; Node would keep its handle and never
      // exit.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  /** @throws Error if no target can be reached */
  private async connectToOne(targets: Targets): Promise<Socket> {
    for (const { hostname, port } of targets.inOrder()) {
      const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
      try {
        await once(socket, 'connect');
        socket.on('error', () => undefined);
        return socket;
      } catch {
        socket.destroy();
      }
    }
    throw new Error('no target is ready');
  }

  private async passRequests(target: Socket): Promise<void> {
    for await (const chunk of chunksOf(this.client)) {
      await this.untilNotHanging();
      this.isAwaitingResponse = true;
      await write(target, chunk);
    }
    target.end();
  }

  private async passResponses(target: Socket): Promise<void> {
    for await (const chunk of chunksOf(target)) {
      if (this.isAwaitingResponse) await this.delay();
      this.isAwaitingResponse = false;
      await this.release(chunk);
    }
    await this.untilNotHanging();
    this.client.end();
  }

  private async release(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      const fault = this.fault.now;
      if (fault.kind === 'lose') throw new Error('the response is lost');
      if (fault.kind === 'hang') {
        await this.fault.changed();
      } else if (fault.kind === 'drip') {
        const ticks = Math.min(fault.bytesPerSecond, drippingTicksPerSecond);
        const drop = Math.ceil(fault.bytesPerSecond / ticks);
        await write(this.client, rest.subarray(0, drop));
        rest = rest.subarray(drop);
        await this.fault.changed(1_000 / ticks);
      } else {
        await write(this.client, rest);
        return;
      }
    }
  }

  private async delay(): Promise<void> {
    const fault = this.fault.now;
    if (fault.kind === 'delay') await this.fault.changed(fault.ms);
  }

  private async untilNotHanging(): Promise<void> {
    while (this.fault.now.kind === 'hang') await this.fault.changed();
  }
}

function chunksOf(socket: Socket): AsyncIterable<Buffer> {
  // By default the end of one direction also destroys the other.
  return socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

async function write(socket: Socket, chunk: Buffer): Promise<void> {
  if (!socket.write(chunk)) await once(socket, 'drain');
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Targets } from './targets';
import type { FaultSwitch } from './fault';

const drippingTicksPerSecond = 20;

/** One client's connection and the one that leads on from it. */
export class ProxiedConnection {
  private target: Socket | undefined;
  /** The client has sent something since the last byte of an answer. */
  private isAsked = false;

  constructor(
    private readonly client: Socket,
    private readonly fault: FaultSwitch,
  ) {
    // What a broken connection means is said by its end; without a listener the process would end,
    // too.
    client.on('error', () => undefined);
  }

  /** Passes bytes on until both sides have ended or one breaks. */
  async run(targets: Targets): Promise<void> {
    try {
      await this.untilNotHanging();
      this.target = await this.connectToOne(targets);
      this.client.once('close', () => this.break());
      // Without an error it is the end of an answer, which may still be on its way to the client.
      this.target.once('close', (hadError) => hadError && this.break());
      await Promise.all([this.passRequests(this.target), this.passResponses(this.target)]);
    } catch {
      this.break();
    }
  }

  /** Resets both sides: whoever waits for something learns at once that it will not come. */
  break(): void {
    for (const socket of [this.client, this.target]) {
      if (!socket || socket.destroyed) continue;
      // libuv does not reset a socket that is being shut down; Node would keep its handle, and
      // never exit.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  /** @throws Error when none of them can be reached */
  private async connectToOne(targets: Targets): Promise<Socket> {
    for (const { hostname, port } of targets.inTurn()) {
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
      this.isAsked = true;
      await write(target, chunk);
    }
    target.end();
  }

  private async passResponses(target: Socket): Promise<void> {
    for await (const chunk of chunksOf(target)) {
      if (this.isAsked) await this.delay();
      this.isAsked = false;
      await this.release(chunk);
    }
    await this.untilNotHanging();
    this.client.end();
  }

  private async release(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      const fault = this.fault.now;
      if (fault.kind === 'lose') throw new Error('the answer is lost');
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
  // By default the end of one direction would destroy the other with it.
  return socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

async function write(socket: Socket, chunk: Buffer): Promise<void> {
  if (!socket.write(chunk)) await once(socket, 'drain');
}

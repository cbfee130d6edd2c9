import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { leftovers } from './leftovers.js';

export interface SlowProxy {
  readonly port: number;
  /** Sets the delay of all later bytes, in milliseconds for each direction. */
  delayMs: number;
  stop(): Promise<void>;
}

/** Starts a proxy that passes TCP connections on to a port of this machine, with a delay that a test sets. */
export async function startSlowProxy(target: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    passOn(client, upstream, proxy);
    passOn(upstream, client, proxy);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port');

  const end = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
    leftovers.delete(leftover);
  };
  const leftover = { kill: end };
  leftovers.add(leftover);
  const proxy: SlowProxy = {
    port: address.port,
    delayMs: 0,
    stop: async () => {
      const closed = once(server, 'close');
      end();
      await closed;
    },
  };
  return proxy;
}

/** Makes each piece wait for the one before, so that bytes stay in order when the delay becomes shorter. */
function passOn(from: Socket, to: Socket, proxy: { readonly delayMs: number }): void {
  let last = Promise.resolve();
  const after = (act: () => void): void => {
    const wait = proxy.delayMs === 0 ? Promise.resolve() : delay(proxy.delayMs, undefined, { ref: false });
    last = Promise.all([last, wait]).then(act);
  };
  from.on('data', (bytes: Buffer) => after(() => to.writable && to.write(bytes)));
  from.on('close', () => after(() => to.destroy()));
}

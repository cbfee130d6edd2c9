import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startProxy, type Proxy } from './start-proxy.js';

export interface SlowProxy extends Proxy {
  /** Sets the delay of all later bytes, in milliseconds for each direction. */
  delayMs: number;
}

/** Starts a proxy that passes TCP connections on to a port of this machine, with a delay that a test sets. */
export async function startSlowProxy(target: number): Promise<SlowProxy> {
  const speed = { delayMs: 0 };
  const proxy = await startProxy({
    target: () => target,
    join: (client, upstream) => {
      passOn(client, upstream, speed);
      passOn(upstream, client, speed);
    },
  });
  return Object.assign(speed, proxy);
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

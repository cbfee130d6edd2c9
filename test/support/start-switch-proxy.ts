import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { leftovers } from './leftovers.js';

export interface SwitchProxy {
  readonly port: number;
  /** Sets the target of later connections. Open connections keep their target. */
  target: number;
  stop(): Promise<void>;
}

/** Passes TCP connections on to a port of this machine, as a virtual address before a pair of servers does. */
export async function startSwitchProxy(target: number): Promise<SwitchProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(proxy.target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
    leftovers.delete(leftover);
  };
  const leftover = { kill: end };
  leftovers.add(leftover);
  const proxy: SwitchProxy = {
    port: (server.address() as AddressInfo).port,
    target,
    stop: async () => {
      const closed = once(server, 'close');
      end();
      await closed;
    },
  };
  return proxy;
}

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { leftovers } from './leftovers.js';

export interface Proxy {
  readonly port: number;
  stop(): Promise<void>;
}

interface ProxyOptions {
  /** The port of this machine to which a new connection leads. */
  readonly target: () => number;
  /** Passes bytes and ends between the two ends of a connection. */
  readonly join: (client: Socket, upstream: Socket) => void;
}

/** Starts a proxy for TCP connections on a free port. It ends with the test file at the latest. */
export async function startProxy({ target, join }: ProxyOptions): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target(), '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    join(client, upstream);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const end = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
    leftovers.delete(leftover);
  };
  const leftover = { kill: end };
  leftovers.add(leftover);
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = once(server, 'close');
      end();
      await closed;
    },
  };
}

import { startProxy, type Proxy } from './start-proxy.js';

export interface SwitchProxy extends Proxy {
  /** Sets the target of later connections. Open connections keep their target. */
  target: number;
}

/** Passes TCP connections on to a port of this machine, as a virtual address before a pair of servers does. */
export async function startSwitchProxy(target: number): Promise<SwitchProxy> {
  const route = { target };
  const proxy = await startProxy({
    target: () => route.target,
    join: (client, upstream) => {
      client.pipe(upstream).pipe(client);
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
    },
  });
  return Object.assign(route, proxy);
}

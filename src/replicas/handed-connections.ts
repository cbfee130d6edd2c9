import type { ChildProcess } from 'node:child_process';

interface HandedConnection {
  close(): void;
}

/**
 * Connections that node:cluster has handed to a process which has not said that it has them. Node forgets them when the
 * process dies, and holds them open: their clients would wait for an answer until they give up. So they are closed here.
 */
export function closeUnclaimedConnections(child: ChildProcess): void {
  const unclaimed = new Map<unknown, HandedConnection>();
  const send = child.send.bind(child) as (...parameters: unknown[]) => boolean;
  Object.assign(child, {
    send: (message: unknown, connection?: unknown, ...rest: unknown[]) => {
      if (isHandOver(message) && isConnection(connection)) unclaimed.set(message.seq, connection);
      return send(message, connection, ...rest);
    },
  });
  child.on('internalMessage', (message: { readonly ack?: unknown }) => unclaimed.delete(message.ack));
  child.once('exit', () => {
    for (const connection of unclaimed.values()) connection.close();
  });
}

function isHandOver(message: unknown): message is { readonly seq: unknown } {
  return typeof message === 'object' && message !== null && 'act' in message && message.act === 'newconn' && 'seq' in message;
}

function isConnection(handle: unknown): handle is HandedConnection {
  return typeof handle === 'object' && handle !== null && 'close' in handle;
}

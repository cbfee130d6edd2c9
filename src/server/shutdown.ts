import { Logger, type INestApplicationContext } from '@nestjs/common';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Models } from '../embedding/index.js';
import { onStopSignals, type SideServer } from '../process/index.js';

/** After this share of the time, texts that still wait are refused, so that their callers get an answer. */
const WAITING_SHARE = 0.8;
const CLOSE_IDLE_CONNECTIONS_EVERY_MS = 50;
/** Time for a first request that is on its way when the signal comes. */
const FIRST_REQUEST_GRACE_MS = 500;

export interface StopOptions {
  /** The time for all running work, from the end of the delay. */
  readonly timeoutMs: number;
  /** How long after the signal new requests are still accepted, so that a load balancer can notice and send them elsewhere. */
  readonly delayMs: number;
  readonly server?: Server | undefined;
  /** Serves metrics until the end, and is closed last. */
  readonly side?: SideServer | undefined;
  /** Is called at the signal; readiness must fail from then on. */
  onSignal(): void;
}

/**
 * Stops on SIGTERM and Ctrl-C: readiness fails; after the delay the service accepts no connections, finishes running
 * work, closes its parts in order, and exits with 0 before the timeout. A second signal, over a second later, ends it at
 * once.
 */
export function stopOnSignals(app: INestApplicationContext, options: StopOptions): void {
  const { server } = options;
  const silent = server === undefined ? new Set<Socket>() : trackSilentConnections(server);
  onStopSignals({
    stop: async (signal) => {
      options.onSignal();
      await delay(options.delayMs);
      setTimeout(() => silent.forEach((socket) => socket.destroy()), FIRST_REQUEST_GRACE_MS).unref();
      await stop(app, options, signal);
    },
  });
}

/** Connections on which no request came yet. Node does not count them as idle. */
function trackSilentConnections(server: Server): ReadonlySet<Socket> {
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage) => silent.delete(socket));
  return silent;
}

async function stop(app: INestApplicationContext, { server, side, timeoutMs }: StopOptions, signal: string): Promise<void> {
  const logger = new Logger('Shutdown');
  logger.log(`${signal}: finishing running work, for at most ${timeoutMs} ms`);
  // A library's command that was running when its connection closed must not turn an orderly end into a crash.
  process.on('unhandledRejection', (reason) => logger.warn(`Given up while stopping: ${String(reason)}`));
  const idle = setInterval(() => server?.closeIdleConnections(), CLOSE_IDLE_CONNECTIONS_EVERY_MS);
  const refusal = setTimeout(() => {
    logger.warn('Refusing the texts that still wait: SHUTDOWN_TIMEOUT_MS is nearly over');
    void app.get(Models).close(); // app.close() closes it again and waits for it
  }, timeoutMs * WAITING_SHARE);
  const expired = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
  try {
    await Promise.race([app.close(), expired]);
  } catch (error) {
    logger.error({ error: String(error) }, 'Stopping did not complete');
  }
  await side?.close();
  clearInterval(idle);
  clearTimeout(refusal);
}

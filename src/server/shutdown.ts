import { Logger, type INestApplicationContext } from '@nestjs/common';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EMBEDDING_PROVIDER, type EmbeddingProvider } from '../embedding/index.js';
import { onStopSignals, type SideServer } from '../process/index.js';

/** Share of the time after which texts that still wait are refused, so that their callers get an answer. */
const PATIENT_SHARE = 0.8;
const CLOSE_IDLE_CONNECTIONS_EVERY_MS = 50;
/** For a request that is on its way when the signal comes. */
const FIRST_REQUEST_GRACE_MS = 500;

export interface StopOptions {
  /** For all that runs; counted from the end of the delay. */
  readonly timeoutMs: number;
  /** How long requests are taken as ever after the signal, so that a load balancer can see that they should go elsewhere. */
  readonly delayMs: number;
  readonly server?: Server | undefined;
  /** Answers operators to the end, and is closed last. */
  readonly side?: SideServer | undefined;
  /** Says from the signal on that this process is not ready. */
  onSignal(): void;
}

/**
 * SIGTERM and Ctrl-C: not ready, after the delay no new connections, finish what runs, close in order, exit 0 before the
 * timeout. One more signal, over a second later, ends at once.
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

/** Connections on which nothing was asked yet, which Node does not count among the idle ones. */
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
  logger.log(`${signal}: finishing what runs, for ${timeoutMs} ms at most`);
  // A command that a library still had under way when its connection closed must not turn an orderly end into a crash.
  process.on('unhandledRejection', (reason) => logger.warn(`Given up while stopping: ${String(reason)}`));
  const idle = setInterval(() => server?.closeIdleConnections(), CLOSE_IDLE_CONNECTIONS_EVERY_MS);
  const patience = setTimeout(() => {
    logger.warn('Refusing the texts that still wait: SHUTDOWN_TIMEOUT_MS is nearly over');
    void app.get<EmbeddingProvider>(EMBEDDING_PROVIDER).close(); // app.close() closes it again and waits for it
  }, timeoutMs * PATIENT_SHARE);
  const expired = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
  try {
    await Promise.race([app.close(), expired]);
  } catch (error) {
    logger.error({ error: String(error) }, 'Stopping did not go to its end');
  }
  await side?.close();
  clearInterval(idle);
  clearTimeout(patience);
}

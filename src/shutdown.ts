import { Logger, type INestApplicationContext } from '@nestjs/common';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { EMBEDDING_PROVIDER, type EmbeddingProvider } from './embedding/index.js';

/** Share of the time after which texts that still wait are refused, so that their callers get an answer. */
const PATIENT_SHARE = 0.8;
const CLOSE_IDLE_CONNECTIONS_EVERY_MS = 50;
/** Ctrl-C under npm comes twice: from the terminal and, passed on, from npm. */
const SAME_SIGNAL_MS = 1000;
/** For a request that is on its way when the signal comes. */
const FIRST_REQUEST_GRACE_MS = 500;

/**
 * SIGTERM and Ctrl-C: not ready, no new connections, finish what runs, close in order, exit 0 before the timeout. One
 * more signal, over a second later, ends at once.
 */
export function stopOnSignals(app: INestApplicationContext, timeoutMs: number, server?: Server): void {
  const silent = server === undefined ? new Set<Socket>() : trackSilentConnections(server);
  let stoppingSince: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stoppingSince !== undefined) {
        if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(130);
        return;
      }
      stoppingSince = performance.now();
      setTimeout(() => silent.forEach((socket) => socket.destroy()), FIRST_REQUEST_GRACE_MS).unref();
      void stop(app, { server, timeoutMs, signal }).finally(() => process.exit(0));
    });
  }
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

interface Stop {
  readonly server: Server | undefined;
  readonly timeoutMs: number;
  readonly signal: string;
}

async function stop(app: INestApplicationContext, { server, timeoutMs, signal }: Stop): Promise<void> {
  const logger = new Logger('Shutdown');
  logger.log(`${signal}: finishing what runs, for ${timeoutMs} ms at most`);
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
  clearInterval(idle);
  clearTimeout(patience);
}

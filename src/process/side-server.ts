import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SettingsError } from '../config/index.js';

/** For machines that ask one short question at a time. */
const LIMITS = { requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16 * 1024 };
const MOST_CONNECTIONS = 100;
/** For an answer that is on its way when the server closes. */
const CLOSING_GRACE_MS = 500;

export interface SideAnswer {
  readonly contentType: string;
  readonly body: string;
}

interface SideServerOptions {
  /** The name of the setting that the port is from. */
  readonly setting: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Undefined = every address of the machine. */
  readonly host?: string;
  /** By path; whatever else is asked for is not there. */
  readonly routes: Readonly<Record<string, () => Promise<SideAnswer>>>;
}

/** A port beside the service's own, where operators ask and callers do not reach. */
export interface SideServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Resolves when it listens; rejects with a SettingsError when it cannot. */
export async function openSideServer({ setting, port, host, routes }: SideServerOptions): Promise<SideServer> {
  const paths = new Map(Object.entries(routes));
  const server = createServer(LIMITS, ({ url = '', method = '' }, response) => {
    const read = ['GET', 'HEAD'].includes(method) ? paths.get(url.replace(/\?.*/s, '')) : undefined;
    if (read === undefined) response.writeHead(404).end();
    else void answer(read, response);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen({ port, host });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(`${setting}=${port}`, error);
  }
  return { port: (server.address() as AddressInfo).port, close: async () => await close(server) };
}

async function answer(read: () => Promise<SideAnswer>, response: ServerResponse): Promise<void> {
  try {
    const { contentType, body } = await read();
    response.writeHead(200, { 'content-type': contentType }).end(body);
  } catch {
    response.writeHead(503).end(); // what is asked for cannot be known at the moment
  }
}

async function close(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), CLOSING_GRACE_MS);
  const closed = once(server, 'close');
  server.close(); // idle connections too
  await closed;
  clearTimeout(late);
}

function listenError(setting: string, error: unknown): SettingsError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new SettingsError([`${setting} is in use by another process: stop that one, or set another port`]);
  return new SettingsError([`${setting} cannot be listened on: ${message}`]);
}

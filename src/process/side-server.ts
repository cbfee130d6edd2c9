import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SettingsError } from '../config/index.js';

/** Limits for machines that send one short request at a time. */
const LIMITS = { requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16 * 1024 };
const MOST_CONNECTIONS = 100;
/** The time for an answer that is on its way when the server closes. */
const CLOSING_GRACE_MS = 500;

export interface SideAnswer {
  readonly contentType: string;
  readonly body: string;
}

/** @param accept The Accept header of the request. */
type ReadSideAnswer = (accept: string | undefined) => Promise<SideAnswer>;

interface SideServerOptions {
  /** The name of the setting that has the port. */
  readonly setting: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Undefined = every address of the machine. */
  readonly host?: string;
  /** The answers by path; other paths get 404. */
  readonly routes: Readonly<Record<string, ReadSideAnswer>>;
}

/** A port for operators, beside the service's own, which callers need not reach. */
export interface SideServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Resolves when it listens; rejects with a SettingsError when it cannot. */
export async function openSideServer({ setting, port, host, routes }: SideServerOptions): Promise<SideServer> {
  const paths = new Map(Object.entries(routes));
  const server = createServer(LIMITS, ({ url = '', method = '', headers }, response) => {
    const read = ['GET', 'HEAD'].includes(method) ? paths.get(url.replace(/\?.*/s, '')) : undefined;
    if (read === undefined) response.writeHead(404).end();
    else void answer(async () => await read(headers.accept), response);
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
    response.writeHead(503).end(); // the answer cannot be made at the moment
  }
}

async function close(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), CLOSING_GRACE_MS);
  const closed = once(server, 'close');
  server.close(); // closes idle connections too
  await closed;
  clearTimeout(late);
}

function listenError(setting: string, error: unknown): SettingsError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new SettingsError([`${setting} is in use by another process: stop that one, or set another port`]);
  return new SettingsError([`${setting} cannot be listened on: ${message}`]);
}

import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { ServerSettings } from '../config/index.js';

/** Whether X-Forwarded-For from this address is trusted; `hop` 0 is the connection's own address. False = no address is trusted. */
export type TrustedProxies = false | ((address: string, hop: number) => boolean);

/** TRUST_PROXY as the function that Fastify calls too, so that both find the same address. */
export function trustedProxies({ trustProxy }: Pick<ServerSettings, 'trustProxy'>): TrustedProxies {
  if (trustProxy === false) return false;
  if (trustProxy === true) return () => true;
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  return proxyAddr.compile([...trustProxy]);
}

/** The address of the client, as Fastify's `request.ip`. */
export function clientAddress(request: IncomingMessage, trusted: TrustedProxies): string {
  return trusted === false ? (request.socket.remoteAddress ?? '') : proxyAddr(request, trusted);
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../../errors/index.js';
import { adminCredentialOf, isSameSecret, sendError } from '../../http/index.js';

const SAME_SITE = ['same-origin', 'none'];

/**
 * Lets a request through that carries ADMIN_KEY, as for the other admin routes or, for a browser, as the password of
 * HTTP Basic with any user name. A browser sends that along by itself, so a change that another site asks for is refused.
 */
export function boardAccess(adminKey: string): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  return (request, reply, done) => {
    const given = adminCredentialOf(request.headers) ?? passwordOf(request.headers.authorization);
    if (given === undefined || !isSameSecret(given, adminKey)) {
      void reply.header('www-authenticate', 'Basic realm="queues", charset="UTF-8"');
      sendError(
        new ServiceError('unauthorized', 'The queue board needs the admin key: as the password, with any user name.'),
        request,
        reply,
      );
    } else if (isFromAnotherSite(request)) {
      sendError(new ServiceError('unauthorized', 'Another site may not change queues.'), request, reply);
    } else {
      done();
    }
  };
}

function passwordOf(authorization: string | undefined): string | undefined {
  const encoded = /^Basic +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  return /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString())?.[1];
}

function isFromAnotherSite({ method, headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return method !== 'GET' && typeof site === 'string' && !SAME_SITE.includes(site);
}

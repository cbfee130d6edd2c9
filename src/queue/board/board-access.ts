import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AdminGuard } from '../../auth/index.js';
import { ServiceError } from '../../errors/index.js';
import { sendError } from '../../http/index.js';

const SAME_SITE = ['same-origin', 'none'];

/**
 * Lets requests with an admin key through. The key comes in the headers of the other admin routes or, from browsers, as the
 * password of HTTP Basic with any user name. Browsers send that password by themselves, so changes requested by another
 * site are refused.
 */
export function boardAccess(guard: AdminGuard): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  return (request, reply, done) => {
    try {
      guard.admit(request);
      if (isFromAnotherSite(request)) throw new ServiceError('unauthorized', 'Another site may not change queues.');
    } catch (error) {
      void reply.header('www-authenticate', 'Basic realm="queues", charset="UTF-8"');
      sendError(error, request, reply);
      return;
    }
    done();
  };
}

function isFromAnotherSite({ method, headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return method !== 'GET' && typeof site === 'string' && !SAME_SITE.includes(site);
}

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Settings } from '../config/index.js';
import { cohereErrors } from '../cohere-api/index.js';
import { BodyBudget, openAiErrors, readJsonBodies, requestIdOf, sendError, speakErrorDialects } from '../http/index.js';
import { voyageErrors } from '../openai-api/index.js';
import { ollamaErrors } from '../ollama-api/index.js';
import { teiErrors } from '../tei-api/index.js';
import { trustedProxies } from './client-address.js';
import { clientErrorHandler, closeIdleConnections } from './client-errors.js';
import { limitConnections, slowRequestLimits } from './connection-limits.js';
import { lingerBeforeClose } from './lingering-close.js';
import { largestBody } from './server-hooks.js';

/** Longer than load balancers keep an idle connection (most: 60 s), so that they close it first and no request is lost. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** Cohere's and Voyage's come before OpenAI's, which are for all others under /v1. */
const ERROR_DIALECTS = [cohereErrors, ollamaErrors, teiErrors, voyageErrors, openAiErrors];

/** Makes Nest's adapter to Fastify, with the bounds of bodies, connections and slow requests. */
export function createAdapter(settings: Settings): FastifyAdapter {
  const { maxTextLength } = settings.embedding;
  const adapter = new FastifyAdapter({
    bodyLimit: largestBody(maxTextLength),
    trustProxy: trustedProxies(settings.server),
    genReqId: ({ headers }: { headers: Parameters<typeof requestIdOf>[0] }) => requestIdOf(headers),
    frameworkErrors: sendError, // a URL that cannot be decoded reaches no route
    ...slowRequestLimits(settings.server),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    clientErrorHandler: clientErrorHandler({ unusedMs: KEEP_ALIVE_TIMEOUT_MS }),
    forceCloseConnections: 'idle',
    return503OnClosing: false, // a request that still arrives on an open connection is answered, then the connection closes
  });
  const fastify = adapter.getInstance();
  speakErrorDialects(fastify, ERROR_DIALECTS);
  fastify.removeContentTypeParser('text/plain'); // only JSON is read; other types get a 415
  readJsonBodies(fastify, {
    budget: new BodyBudget(settings.server.bodies),
    idleTimeoutMs: settings.server.bodies.idleTimeoutMs,
    callerOf: ({ apiKey, ip }) => (apiKey === undefined ? ip : `key:${apiKey.name}`),
  });
  limitConnections(fastify.server, settings.server);
  closeIdleConnections(fastify.server);
  lingerBeforeClose(fastify.server);
  return adapter;
}

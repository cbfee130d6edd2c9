import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, onResponseHookHandler } from 'fastify';
import { Authenticator, isOpenRoute, KeyUsage } from './auth/index.js';
import type { Settings } from './config/index.js';
import {
  AnswerShortcut,
  EMBEDDING_PROVIDER,
  EmbeddingMetrics,
  MOST_TEXTS_A_REQUEST,
  PlainEmbedRequests,
  type EmbeddingProvider,
  type PlainRequests,
} from './embedding/index.js';
import { HttpMetrics, limitBody } from './http/index.js';
import { acceptNdjson } from './queue/index.js';
import { logRequests, type RequestLogger } from './request-log.js';
import { PlainOpenAiRequests } from './openai-api/index.js';
import { RateLimitGuard } from './throttler/index.js';

/** In JSON a code point takes at most 12 bytes (two \u escapes); the rest is for names and brackets. */
const JSON_BYTES_PER_CHARACTER = 12;
const JSON_FRAME_BYTES = 64 * 1024;

/** Bytes of the largest valid body of any route. */
export function largestBody(maxTextLength: number): number {
  return MOST_TEXTS_A_REQUEST * largestText(maxTextLength) + JSON_FRAME_BYTES;
}

function largestText(maxTextLength: number): number {
  return maxTextLength * JSON_BYTES_PER_CHARACTER;
}

/** What happens outside Nest's pipeline: for routes of plugins and for unknown ones too, and before a body is read. */
export function addHooks(app: NestFastifyApplication, { server, embedding, openAiApi, queue }: Settings, logger: RequestLogger): void {
  const fastify = app.getHttpAdapter().getInstance();
  admitCallers(fastify, app);
  countAnswers(fastify, app.get(HttpMetrics));
  limitOpenAiBodies(fastify, openAiApi.maxBodyBytes);
  acceptNdjson(fastify, queue.maxBytes);
  limitEmbedBody(fastify, embedding.maxTextLength);
  takeShortcuts(fastify, app);
  if (server.logRequests) logRequests(fastify, logger);
}

/** Strangers are counted too, by their address, before they are refused. */
function admitCallers(fastify: FastifyInstance, app: NestFastifyApplication): void {
  const [callers, usage, rateLimit] = [app.get(Authenticator), app.get(KeyUsage), app.get(RateLimitGuard)];
  fastify.decorateRequest('apiKey', undefined);
  fastify.decorateRequest('tokenBudget', undefined);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    request.apiKey = callers.identify(request);
    if (!isOpenRoute(request.url)) usage.requested(request.apiKey);
    admit(rateLimit, request, reply, (refusal) => done(refusal ?? callers.refusalOf(request) ?? compressedBody(request)));
  });
  fastify.addHook('onResponse', ({ apiKey }, { statusCode }, done) => {
    if (statusCode === 429) usage.refused(apiKey);
    done();
  });
}

/** A promise costs more than all that the limit has to do, so there is one only where there has to be. */
function admit(rateLimit: RateLimitGuard, request: FastifyRequest, reply: FastifyReply, done: (refusal?: Error) => void): void {
  let refusal: Error | undefined;
  try {
    const later = rateLimit.admit(request, reply);
    if (later !== undefined) return void later.then(() => done(), done);
  } catch (error) {
    refusal = error as Error;
  }
  done(refusal);
}

function compressedBody({ headers }: FastifyRequest): Error | undefined {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return undefined;
  return new UnsupportedMediaTypeException(`Content-Encoding ${encoding} is not supported; send the body as it is.`);
}

/** Each route has its own counter: to look its name up in each request costs more than to count. */
function countAnswers(fastify: FastifyInstance, metrics: HttpMetrics): void {
  fastify.addHook('onRoute', (route) => {
    const count = metrics.counterOf(String(route.method), route.url);
    const own = [route.onResponse ?? []].flat();
    route.onResponse = [...own, countingHook(count)];
  });
  const countUnknown = metrics.counterOf('any', 'unknown');
  fastify.addHook('onResponse', (request, reply, done) => {
    if (request.is404) countUnknown(reply);
    done();
  });
}

function countingHook(count: (reply: FastifyReply) => void): onResponseHookHandler {
  return (_request, reply, done) => {
    count(reply);
    done();
  };
}

function limitOpenAiBodies(fastify: FastifyInstance, maxBodyBytes: number): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url === '/v1/embeddings' || route.url === '/embeddings') limitBody(route, maxBodyBytes, 'MAX_BODY_MB');
  });
}

/** POST /embed reads no more than one text. */
function limitEmbedBody(fastify: FastifyInstance, maxTextLength: number): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url === '/embed') route.bodyLimit = largestText(maxTextLength) + JSON_FRAME_BYTES;
  });
}

function takeShortcuts(fastify: FastifyInstance, app: NestFastifyApplication): void {
  const { space } = app.get<EmbeddingProvider>(EMBEDDING_PROVIDER);
  const shortcutOf = (requests: PlainRequests<object>): AnswerShortcut<object> =>
    new AnswerShortcut(requests, space, app.get(EmbeddingMetrics), app.get(KeyUsage));
  const openAi = shortcutOf(app.get(PlainOpenAiRequests));
  const shortcuts = new Map([
    ['/embed', shortcutOf(app.get(PlainEmbedRequests))],
    ['/v1/embeddings', openAi],
    ['/embeddings', openAi],
  ]);
  fastify.addHook('onRoute', (route) => {
    const shortcut = shortcuts.get(route.url);
    if (shortcut === undefined || route.method !== 'POST') return;
    route.preHandler = (request, reply, done) => {
      if (!shortcut.tryToAnswer(request, reply)) done();
    };
  });
}

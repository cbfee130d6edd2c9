import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, onResponseHookHandler } from 'fastify';
import { Admission } from './admission.js';
import { trustedProxies } from './client-address.js';
import { KeyUsage } from '../auth/index.js';
import { cohereDialect, cohereV1Dialect } from '../cohere-api/index.js';
import type { Settings } from '../config/index.js';
import { embedDialect, MOST_TEXTS_A_REQUEST, PlainRequests, type Dialect } from '../embed-api/index.js';
import { HitsFirst, type HitRoute } from './hits-first.js';
import { arrivedAt, elapsedMs, HttpMetrics, limitBody } from '../http/index.js';
import { SlowRequests } from '../stats/index.js';
import { streamJobs } from '../queue/index.js';
import { releaseWhenGone } from './release-when-gone.js';
import { RequestLog, type RequestLogger } from './request-log.js';
import { ollamaDialect, ollamaPromptDialect } from '../ollama-api/index.js';
import { openAiDialect } from '../openai-api/index.js';
import { teiDialect } from '../tei-api/index.js';

/** Dialects by the path of their route. Where two share one, the first is the route's own; the others claim their bodies. */
const DIALECTS: ReadonlyMap<string, readonly Dialect<object>[]> = new Map<string, readonly Dialect<object>[]>([
  ['/embed', [embedDialect, teiDialect]],
  ['/', [teiDialect]],
  ['/v1/embeddings', [openAiDialect]],
  ['/embeddings', [openAiDialect]],
  ['/api/embed', [ollamaDialect]],
  ['/api/embeddings', [ollamaPromptDialect]],
  ['/v2/embed', [cohereDialect]],
  ['/v1/embed', [cohereV1Dialect]],
]);

/** In JSON a code point takes at most 12 bytes (two \u escapes). The frame is for names and brackets. */
const JSON_BYTES_PER_CHARACTER = 12;
const JSON_FRAME_BYTES = 64 * 1024;

/** Bytes of the largest valid body of any route. */
export function largestBody(maxTextLength: number): number {
  return MOST_TEXTS_A_REQUEST * largestText(maxTextLength) + JSON_FRAME_BYTES;
}

function largestText(maxTextLength: number): number {
  return maxTextLength * JSON_BYTES_PER_CHARACTER;
}

/** Adds what happens outside Nest's pipeline, because it is also for unknown routes and those of plugins, and comes before a body is read. */
export function addHooks(app: NestFastifyApplication, settings: Settings, logger: RequestLogger): void {
  const { server, embedding, openAiApi, queue } = settings;
  const fastify = app.getHttpAdapter().getInstance();
  const admission = new Admission(app);
  const log = new RequestLog(logger, { ...settings.server, slowest: app.get(SlowRequests) });
  const hitsFirst = answerHitsFirst(app, settings, admission, log);
  admitCallers(fastify, app.get(KeyUsage), admission, hitsFirst);
  countAnswers(fastify, app.get(HttpMetrics));
  limitOpenAiBodies(fastify, openAiApi.maxBodyBytes);
  streamJobs(fastify, { maxBytes: queue.maxBytes, idleTimeoutMs: server.bodies.idleTimeoutMs });
  limitEmbedBody(fastify, embedding.maxTextLength);
  answerPlainRequests(fastify, app.get(PlainRequests), hitsFirst);
  log.follow(fastify);
}

/** Replaces the listener, unless requests are traced, because a trace begins with Fastify's hooks. */
function answerHitsFirst(app: NestFastifyApplication, { server, tracing }: Settings, admission: Admission, log: RequestLog): HitsFirst {
  const fastify = app.getHttpAdapter().getInstance();
  const metrics = app.get(HttpMetrics);
  const plain = app.get(PlainRequests);
  const routes = new Map(
    [...DIALECTS].map(([path, dialects]): [string, HitRoute] => {
      const count = metrics.counterOf('POST', path);
      const tell = log.of('POST', path);
      const answered: HitRoute['answered'] = (caller) => {
        count(200, elapsedMs(caller.raw));
        tell(caller, 200);
      };
      return [path, { recall: (body, request) => plain.recall(dialectOf(dialects, body), body, request), answered }];
    }),
  );
  const hitsFirst = new HitsFirst({ admission, routes, trustedProxies: trustedProxies(server) });
  if (tracing.endpoint === undefined) hitsFirst.listen(fastify.server);
  fastify.addHook('preClose', (done) => {
    hitsFirst.stop();
    done();
  });
  return hitsFirst;
}

/** Admits each request once: here, or by the listener before Fastify. */
function admitCallers(fastify: FastifyInstance, usage: KeyUsage, admission: Admission, hitsFirst: HitsFirst): void {
  fastify.decorateRequest('apiKey', undefined);
  fastify.decorateRequest('tokenBudget', undefined);
  fastify.decorateRequest('cacheScope', '');
  fastify.addHook('onRequest', (request, reply, done) => {
    arrivedAt(request.raw); // starts its clock, unless the listener did
    const early = hitsFirst.takeOver(request.raw);
    if (early === undefined) {
      admission.judge(request, reply, (refusal) => {
        releaseWhenGone(reply.raw, request.tokenBudget);
        done(refusal);
      });
    } else {
      early.handOn(request, reply);
      done(early.refusal);
    }
  });
  fastify.addHook('onResponse', ({ apiKey }, { statusCode }, done) => {
    if (statusCode === 429) usage.refused(apiKey);
    done();
  });
}

/** Gives each route its own counter, because looking up its name in each request would cost more than counting. */
function countAnswers(fastify: FastifyInstance, metrics: HttpMetrics): void {
  fastify.addHook('onRoute', (route) => {
    const count = metrics.counterOf(String(route.method), route.url);
    const own = [route.onResponse ?? []].flat();
    route.onResponse = [...own, countingHook(count)];
  });
  const countUnknown = metrics.counterOf('any', 'unknown');
  fastify.addHook('onResponse', (request, reply, done) => {
    if (request.is404) countUnknown(reply.statusCode, elapsedMs(request.raw));
    done();
  });
}

function countingHook(count: ReturnType<HttpMetrics['counterOf']>): onResponseHookHandler {
  return (request, reply, done) => {
    count(reply.statusCode, elapsedMs(request.raw));
    done();
  };
}

function limitOpenAiBodies(fastify: FastifyInstance, maxBodyBytes: number): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url === '/v1/embeddings' || route.url === '/embeddings') limitBody(route, maxBodyBytes, 'MAX_BODY_MB');
  });
}

/** Limits the body of POST /embed to one text. */
function limitEmbedBody(fastify: FastifyInstance, maxTextLength: number): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url === '/embed') route.bodyLimit = largestText(maxTextLength) + JSON_FRAME_BYTES;
  });
}

function answerPlainRequests(fastify: FastifyInstance, plain: PlainRequests, hitsFirst: HitsFirst): void {
  fastify.addHook('onRoute', (route) => {
    const dialects = DIALECTS.get(route.url);
    if (dialects === undefined || route.method !== 'POST') return;
    route.preHandler = (request, reply, done) => {
      const dialect = dialectOf(dialects, request.body);
      const wasLookedUp = hitsFirst.takeOver(request.raw)?.wasLookedUp === true;
      const hit = wasLookedUp ? undefined : plain.recall(dialect, request.body, request);
      if (hit !== undefined) void reply.headers(hit.headers).send(hit.body);
      else if (dialect !== dialects[0]) plain.answerGuest(dialect, request, reply);
      else if (!plain.compute(dialect, request, reply)) done();
    };
  });
}

function dialectOf(dialects: readonly Dialect<object>[], body: unknown): Dialect<object> {
  const [own = embedDialect, ...guests] = dialects;
  return guests.find((guest) => guest.claims?.(body) === true) ?? own;
}

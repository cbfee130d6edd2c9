import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Admission, AdmissionRequest } from './admission.js';
import { clientAddress, type TrustedProxies } from './client-address.js';
import { EarlyRequest } from './early-request.js';
import type { ReadyAnswer } from '../embed-api/index.js';
import { arrivedAt } from '../http/index.js';
import { releaseWhenGone } from './release-when-gone.js';

/** Larger bodies go to Fastify. Those of one text are far smaller. */
const MOST_BODY_BYTES = 16 * 1024;
const JSON_TYPES: ReadonlySet<string | undefined> = new Set(['application/json', 'application/json; charset=utf-8']);

/** A route whose hits are answered here. */
export interface HitRoute {
  /** The answer from memory; undefined = there is none, or the body is not plain. */
  recall(body: unknown, request: AdmissionRequest): ReadyAnswer | undefined;
  /** Counts and logs an answer that was sent, with status 200. */
  answered(caller: AdmissionRequest): void;
}

interface HitsFirstOptions {
  readonly admission: Admission;
  /** By path; POST only. */
  readonly routes: ReadonlyMap<string, HitRoute>;
  readonly trustedProxies: TrustedProxies;
}

/**
 * Answers hits before Fastify, because Fastify's hooks and replies cost more than a hit itself
 * (docs/decisions/0017-hits-first.md). It answers only if the body came in whole with its headers and is plain, the text
 * is in memory, and the caller is admitted. All other requests go on to Fastify with what was found of their callers.
 */
export class HitsFirst {
  private readonly handedOn = new WeakMap<IncomingMessage, EarlyRequest>();
  private found: (() => void)[] = [];
  private isStopped = false;

  constructor(private readonly options: HitsFirstOptions) {}

  /** Replaces the server's listener, and gives it the requests that are not answered here. */
  listen(server: Server): void {
    const [next] = server.listeners('request') as [RequestListener];
    server.removeListener('request', next);
    server.on('request', (request, response) => {
      const route = this.isStopped ? undefined : this.routeOf(request);
      if (route === undefined) next(request, response);
      else this.judge(route, this.early(request, response), () => next(request, response));
    });
  }

  /** From now on Fastify answers everything, because it says in its answers that the connection closes. */
  stop(): void {
    this.isStopped = true;
  }

  /** The facts about a request that were found before Fastify got it; undefined = Fastify got it first. */
  takeOver(request: IncomingMessage): EarlyRequest | undefined {
    return this.handedOn.get(request);
  }

  private routeOf({ method, url, headers }: IncomingMessage): HitRoute | undefined {
    if (method !== 'POST' || !JSON_TYPES.has(headers['content-type']) || headers['content-encoding'] !== undefined) return undefined;
    if (!(Number(headers['content-length']) <= MOST_BODY_BYTES)) return undefined;
    return this.options.routes.get(url ?? '');
  }

  private early(request: IncomingMessage, response: ServerResponse): EarlyRequest {
    arrivedAt(request); // starts its clock
    return new EarlyRequest(request, response, clientAddress(request, this.options.trustedProxies));
  }

  private judge(route: HitRoute, early: EarlyRequest, next: () => void): void {
    this.options.admission.judge(early.caller, early, (refusal) => {
      early.refusal = refusal;
      releaseWhenGone(early.response, early.caller.tokenBudget);
      // Node parses the body after the headers, in the same turn.
      process.nextTick(() => {
        const hit = refusal === undefined ? hitOf(route, early) : undefined;
        if (hit === undefined) {
          this.handedOn.set(early.request, early);
          next();
        } else this.sendWithOthers(() => sendHit(hit, route, early));
      });
    });
  }

  /**
   * Sends the answers that are found in one turn of the event loop together at its end. So their reader wakes up once, not
   * for each answer, which would cost as much as everything else.
   */
  private sendWithOthers(send: () => void): void {
    if (this.found.length === 0) setImmediate(() => this.sendFound());
    this.found.push(send);
  }

  private sendFound(): void {
    const { found } = this;
    this.found = [];
    for (const send of found) send();
  }
}

function hitOf(route: HitRoute, early: EarlyRequest): ReadyAnswer | undefined {
  const { request, caller } = early;
  const body = bodyIn(request);
  if (body === undefined) return undefined;
  early.wasLookedUp = true;
  const hit = route.recall(parsed(body), caller);
  if (hit === undefined) request.unshift(body);
  return hit;
}

function sendHit({ headers, body }: ReadyAnswer, route: HitRoute, early: EarlyRequest): void {
  early.headers(headers);
  early.answer(body);
  route.answered(early.caller);
}

/** Undefined = it has not arrived as a whole, or there is none. */
function bodyIn(request: IncomingMessage): Buffer | undefined {
  const { readableLength, headers } = request;
  return readableLength > 0 && readableLength === Number(headers['content-length']) ? (request.read() as Buffer) : undefined;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

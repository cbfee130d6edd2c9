import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Admission } from './admission.js';
import { EarlyRequest } from './early-request.js';
import type { AnswerShortcut, ReadyAnswer } from '../embed-api/index.js';

/** Of what is read at once: bodies of one text are far smaller. */
const MOST_BODY_BYTES = 16 * 1024;
const JSON_TYPES: ReadonlySet<string | undefined> = new Set(['application/json', 'application/json; charset=utf-8']);

/** A route whose hits are answered first. */
export interface HitRoute {
  readonly shortcut: AnswerShortcut<object>;
  /** Counts and logs an answer that is out. */
  answered(requestId: string, answer: { readonly statusCode: number; readonly elapsedTime: number }): void;
}

interface HitsFirstOptions {
  readonly admission: Admission;
  /** By path; POST only. */
  readonly routes: ReadonlyMap<string, HitRoute>;
  /** Whether a proxy may say whose a request is; those are Fastify's to read. */
  readonly trustsProxy: boolean;
}

/**
 * Answers hits before Fastify, whose way through hooks and replies costs more than a hit itself
 * (docs/decisions/0017-hits-first.md). Only what is beyond doubt: a body that came in whole with its headers, plain, in
 * memory, and let in. Whatever else comes goes on to Fastify, untouched but for what was found of its caller.
 */
export class HitsFirst {
  private readonly handedOn = new WeakMap<IncomingMessage, EarlyRequest>();
  private found: (() => void)[] = [];
  private isStopped = false;

  constructor(private readonly options: HitsFirstOptions) {}

  /** Takes the place of the server's listener, which gets what is not answered here. */
  listen(server: Server): void {
    const [next] = server.listeners('request') as [RequestListener];
    server.removeListener('request', next);
    server.on('request', (request, response) => {
      const route = this.isStopped ? undefined : this.routeOf(request);
      if (route === undefined) next(request, response);
      else this.judge(route, new EarlyRequest(request, response), () => next(request, response));
    });
  }

  /** From now on every answer is Fastify's, which says that the connection closes. */
  stop(): void {
    this.isStopped = true;
  }

  /** What was found of a request before Fastify got it. */
  takeOver(request: IncomingMessage): EarlyRequest | undefined {
    return this.handedOn.get(request);
  }

  private routeOf({ method, url, headers }: IncomingMessage): HitRoute | undefined {
    if (method !== 'POST' || !JSON_TYPES.has(headers['content-type']) || headers['content-encoding'] !== undefined) return undefined;
    if (!(Number(headers['content-length']) <= MOST_BODY_BYTES)) return undefined;
    if (this.options.trustsProxy && headers['x-forwarded-for'] !== undefined) return undefined;
    return this.options.routes.get(url ?? '');
  }

  private judge(route: HitRoute, early: EarlyRequest, next: () => void): void {
    this.options.admission.judge(early.caller, early, (refusal) => {
      early.refusal = refusal;
      // The body is parsed after its headers, in the same turn.
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
   * Answers that are found in one turn of the event loop are sent one right after the other at its end: their reader is
   * woken up once, not for each of them, which costs as much as all else.
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

function hitOf({ shortcut }: HitRoute, early: EarlyRequest): ReadyAnswer | undefined {
  const { request, caller } = early;
  const body = bodyIn(request);
  if (body === undefined) return undefined;
  early.wasLookedUp = true;
  const hit = shortcut.fromMemory(parsed(body), caller);
  if (hit === undefined) request.unshift(body);
  return hit;
}

function sendHit({ headers, body }: ReadyAnswer, route: HitRoute, early: EarlyRequest): void {
  early.headers(headers);
  early.answer(body);
  route.answered(early.caller.id, { statusCode: 200, elapsedTime: early.elapsedTime });
}

/** Undefined = not all there yet, or nothing will come. */
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

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { register } from 'prom-client';
import { parseSettings } from '../../src/config/parse-settings.js';
import { FakeEmbeddingProvider } from '../../src/embedding/embedding-provider.fake.js';
import { EMBEDDING_PROVIDER } from '../../src/embedding/embedding-provider.port.js';
import { JOB_STORE } from '../../src/queue/store/job-store.port.js';
import { LmdbJobStore } from '../../src/queue/store/lmdb-job-store.js';
import { createAdapter } from '../../src/server/adapter.js';
import { AppModule } from '../../src/server/app.module.js';
import { APP_OPTIONS, prepareApp } from '../../src/server/create-app.js';
import type { BatchBody, EmbedBody } from './embed.js';
import { FakeAppLogger } from './fake-app-logger.js';
import type { JsonAnswer } from './post-json.js';
import { temporaryFolder } from './temporary-folder.js';

type Environment = Readonly<Record<string, string>>;
type Headers = Readonly<Record<string, string>>;

interface TestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Sent as it is. */
  readonly body?: string | Buffer;
  readonly headers?: Headers;
}

type Send = (request: TestRequest) => Promise<JsonAnswer<unknown>>;

/**
 * The service in this process, with its real routes and hooks, on the fake provider, so a test needs nothing installed and
 * starts in a moment. A file has one at a time: its metrics are those of the process.
 */
export class TestApp {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly transport: Send,
    readonly provider: FakeEmbeddingProvider,
    readonly log: FakeAppLogger,
  ) {}

  /** Starts with these settings and no others, kept in an empty folder. Requests are injected into Fastify. */
  static async start(environment: Environment = {}): Promise<TestApp> {
    return await TestApp.open(environment, (app) => Promise.resolve((request) => inject(app, request)));
  }

  /** Like `start`, but requests go over a socket, where hits are answered before Fastify. */
  static async listen(environment: Environment = {}): Promise<TestApp> {
    return await TestApp.open(environment, async (app) => {
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      return (request) => fetchFrom(url, request);
    });
  }

  private static async open(environment: Environment, connect: (app: NestFastifyApplication) => Promise<Send>): Promise<TestApp> {
    const dataDir = temporaryFolder();
    const machine = { cores: 1, isModelFolder: () => true, readFile: (path: string) => readFileSync(path, 'utf8') };
    const settings = parseSettings({ DATA_DIR: dataDir, CACHE_DIR: 'off', ...environment }, machine);
    const provider = new FakeEmbeddingProvider();
    const log = new FakeAppLogger();
    register.clear();
    const module = await Test.createTestingModule({ imports: [AppModule.forRoot(settings)] })
      .setLogger(log)
      .overrideProvider(EMBEDDING_PROVIDER)
      .useValue(provider)
      .overrideProvider(JOB_STORE) // on this thread: Jest's compiler does not reach into threads
      .useValue(LmdbJobStore.open(join(dataDir, 'jobs'), { now: Date.now, ttlMs: settings.queue.ttlMs }))
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(createAdapter(settings), APP_OPTIONS);
    await prepareApp(app, settings, log);
    return new TestApp(app, await connect(app), provider, log);
  }

  /** `Body` is the caller's claim about the answer and is not checked. */
  async send<Body = unknown>(request: TestRequest): Promise<JsonAnswer<Body>> {
    return (await this.transport(request)) as JsonAnswer<Body>;
  }

  async get<Body = unknown>(path: string, headers: Headers = {}): Promise<JsonAnswer<Body>> {
    return await this.send<Body>({ method: 'GET', path, headers });
  }

  /** Sends the body as JSON; a string is sent as it is. */
  async post<Body = unknown>(path: string, body: unknown, headers: Headers = {}): Promise<JsonAnswer<Body>> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return await this.send<Body>({ method: 'POST', path, body: text, headers: { 'content-type': 'application/json', ...headers } });
  }

  async embed(text: string, headers: Headers = {}): Promise<JsonAnswer<EmbedBody>> {
    return await this.post<EmbedBody>('/embed', { text }, headers);
  }

  async embedBatch(texts: readonly string[], headers: Headers = {}): Promise<JsonAnswer<BatchBody>> {
    return await this.post<BatchBody>('/embed/batch', { texts }, headers);
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}

async function inject(app: NestFastifyApplication, { method, path, body, headers = {} }: TestRequest): Promise<JsonAnswer<unknown>> {
  const answer = await app.inject({ method, url: path, headers, ...(body === undefined ? {} : { payload: body }) });
  const entries = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return parsed(answer.statusCode, new globalThis.Headers(entries), answer.body);
}

async function fetchFrom(url: string, { method, path, body, headers = {} }: TestRequest): Promise<JsonAnswer<unknown>> {
  const answer = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
  return parsed(answer.status, answer.headers, await answer.text());
}

function parsed(status: number, headers: globalThis.Headers, text: string): JsonAnswer<unknown> {
  const isJson = /[/+]json\b/.test(headers.get('content-type') ?? '');
  return { status, headers, body: isJson ? JSON.parse(text) : text };
}

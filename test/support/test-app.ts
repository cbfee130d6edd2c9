import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { register } from 'prom-client';
import { parseSettings } from '../../src/config/parse-settings.js';
import { FakeEmbeddingProvider } from '../../src/embedding/embedding-provider.fake.js';
import { STARTED_MODELS } from '../../src/embedding/models.js';
import { JOB_STORE } from '../../src/queue/store/job-store.port.js';
import { LmdbJobStore } from '../../src/queue/store/lmdb-job-store.js';
import { createAdapter } from '../../src/server/adapter.js';
import { AppModule } from '../../src/server/app.module.js';
import { APP_OPTIONS, prepareApp } from '../../src/server/create-app.js';
import type { BatchBody, EmbedBody } from './embed.js';
import { FakeAppLogger } from './fake-app-logger.js';
import type { JsonAnswer } from './post-json.js';
import { metricIn } from './read-metric.js';
import type { StatsBody } from './read-stats.js';
import { temporaryFolder } from './temporary-folder.js';

const CLOSE_IDLE_CONNECTIONS_EVERY_MS = 50;

type Environment = Readonly<Record<string, string>>;
type Headers = Readonly<Record<string, string>>;

interface TestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'PROPFIND';
  readonly path: string;
  /** Sent as it is. */
  readonly body?: string | Buffer;
  readonly headers?: Headers;
}

interface Transport {
  /** Of an application that listens. */
  readonly url?: string;
  send(request: TestRequest): Promise<JsonAnswer<unknown>>;
}

/**
 * The service in this process, with its real routes and hooks, on the fake provider, so a test needs nothing installed and
 * starts in a moment. A file has one at a time: its metrics are those of the process.
 */
export class TestApp {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly transport: Transport,
    readonly provider: FakeEmbeddingProvider,
    readonly log: FakeAppLogger,
  ) {}

  /** Starts with these settings and no others, and these models, in an empty folder. Requests are injected into Fastify. */
  static async start(environment: Environment = {}, ...models: readonly FakeEmbeddingProvider[]): Promise<TestApp> {
    return await TestApp.open(environment, models, (app) => Promise.resolve({ send: (request) => inject(app, request) }));
  }

  /** Like `start`, but requests go over a socket, where hits are answered before Fastify. */
  static async listen(environment: Environment = {}, ...models: readonly FakeEmbeddingProvider[]): Promise<TestApp> {
    return await TestApp.open(environment, models, async (app) => {
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      return { url, send: (request) => fetchFrom(url, request) };
    });
  }

  private static async open(
    environment: Environment,
    [provider = new FakeEmbeddingProvider(), ...others]: readonly FakeEmbeddingProvider[],
    connect: (app: NestFastifyApplication) => Promise<Transport>,
  ): Promise<TestApp> {
    const dataDir = temporaryFolder();
    const machine = { cores: 1, memoryBytes: 2 ** 33, isModelFolder: () => true, readFile: (path: string) => readFileSync(path, 'utf8') };
    const settings = parseSettings({ DATA_DIR: dataDir, CACHE_DIR: 'off', ...environment }, machine);
    const log = new FakeAppLogger();
    register.clear();
    const module = await Test.createTestingModule({ imports: [AppModule.forRoot(settings)] })
      .setLogger(log)
      .overrideProvider(STARTED_MODELS)
      .useValue([provider, ...others].map((one, index) => ({ settings: settings.models[index] ?? settings.embedding, provider: one })))
      .overrideProvider(JOB_STORE) // on this thread: Jest's compiler does not reach into threads
      .useValue(LmdbJobStore.open(join(dataDir, 'jobs'), { now: Date.now, ttlMs: settings.queue.ttlMs }))
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(createAdapter(settings), APP_OPTIONS);
    await prepareApp(app, settings, log);
    return new TestApp(app, await connect(app), provider, log);
  }

  /** `Body` is the caller's claim about the answer and is not checked. */
  async send<Body = unknown>(request: TestRequest): Promise<JsonAnswer<Body>> {
    return (await this.transport.send(request)) as JsonAnswer<Body>;
  }

  /** Without a slash at its end. Only of an application that was started with `listen`. */
  get url(): string {
    if (this.transport.url === undefined) throw new Error('An application that does not listen has no URL');
    return this.transport.url;
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

  async stats(headers: Headers = {}): Promise<StatsBody> {
    return (await this.get<StatsBody>('/stats', headers)).body;
  }

  /** The sum of the series with this name and these labels; 0 if there is none. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    return metricIn((await this.get<string>('/metrics')).body, name, labels);
  }

  /** Closes connections as soon as they are idle, as the program does when it stops. */
  async close(): Promise<void> {
    const server: Server = this.app.getHttpServer();
    const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_CONNECTIONS_EVERY_MS);
    await this.app.close();
    clearInterval(idle);
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

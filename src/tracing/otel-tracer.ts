import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  defaultTextMapGetter,
  defaultTextMapSetter,
  trace,
  type Context,
  type Span,
  type Tracer as SpanTracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TracingSettings } from '../config/index.js';
import type { TraceHeaders, TraceIds, Tracer } from './trace.js';

/** Machines ask these every few seconds, and their traces would be of no use. */
const UNTRACED = /^\/(?:health|ready|metrics)(?:[/?]|$)/;

/** The trace of a request that is being answered. */
interface Followed {
  readonly span: Span;
  readonly context: Context;
  /** When the slowest text of each stage began and ended, in milliseconds since the epoch. */
  readonly stages: Map<string, { readonly begin: number; readonly end: number }>;
}

/**
 * Sends spans to an OTLP endpoint with OpenTelemetry: one for each request, and below it one for each stage and one for
 * each call to another service. A batch of a hundred texts has one span a stage, that of its slowest text. Spans name the
 * route and the request's id, never a text. The standard OTEL_ variables set the endpoint, headers, sampler and batches.
 */
export class OtelTracer implements Tracer {
  private readonly followed = new AsyncLocalStorage<Followed>();
  private readonly byRequest = new WeakMap<FastifyRequest, Followed>();
  private readonly propagator = new W3CTraceContextPropagator();
  private readonly provider: BasicTracerProvider;
  private readonly tracer: SpanTracer;

  constructor({ endpoint, serviceName }: TracingSettings) {
    const exporter = new OTLPTraceExporter(process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ? {} : { url: `${endpoint}/v1/traces` });
    const resource = defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName }))
      .merge(detectResources({ detectors: [envDetector] }));
    this.provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
    this.tracer = this.provider.getTracer('embedding-pipeline');
  }

  /** Runs everything for a request in its context, except the reading of its body. */
  follow(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, _reply, done) => {
      if (UNTRACED.test(request.url)) {
        done();
        return;
      }
      const followed = this.begin(request);
      this.byRequest.set(request, followed);
      this.followed.run(followed, done);
    });
    fastify.addHook('preValidation', (request, _reply, done) => {
      const followed = this.byRequest.get(request);
      if (followed === undefined) done();
      else this.followed.run(followed, done);
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      const followed = this.byRequest.get(request);
      if (followed === undefined) {
        done();
        return;
      }
      this.end(followed, reply);
      this.followed.run(followed, done); // the request's log line is written later, in this context
    });
  }

  /** Called again for a stage when a slower text has left it. */
  stageEnded(stage: string, milliseconds: number, endedMsAgo: number): void {
    const end = performance.timeOrigin + performance.now() - endedMsAgo;
    this.followed.getStore()?.stages.set(stage, { begin: end - milliseconds, end });
  }

  ids(): TraceIds | undefined {
    const context = this.followed.getStore()?.span.spanContext();
    return context && { trace_id: context.traceId, span_id: context.spanId };
  }

  /** A call that serves several requests belongs to the trace of the request that started it. */
  async call<T>(name: string, url: string, send: (headers: TraceHeaders) => Promise<T>): Promise<T> {
    const { host: server, pathname } = new URL(url);
    const parent = this.followed.getStore()?.context ?? ROOT_CONTEXT;
    const attributes = { 'server.address': server, 'url.path': pathname };
    const span = this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
    const headers: Record<string, string> = {};
    this.propagator.inject(trace.setSpan(parent, span), headers, defaultTextMapSetter);
    try {
      return await send(headers);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR }); // without the message, which may quote a text
      throw error;
    } finally {
      span.end();
    }
  }

  /** Sends the spans that wait. */
  async close(): Promise<void> {
    await this.provider.shutdown().catch(() => undefined); // no receiver took them
  }

  private begin(request: FastifyRequest): Followed {
    const { method, routeOptions, headers, id } = request;
    const route = request.is404 ? 'unknown' : String(routeOptions.url);
    const parent = this.propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    const attributes = { 'http.request.method': method, 'http.route': route, 'request.id': id };
    const span = this.tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
    return { span, context: trace.setSpan(parent, span), stages: new Map() };
  }

  private end({ span, context, stages }: Followed, { statusCode }: FastifyReply): void {
    for (const [stage, { begin, end }] of stages) this.tracer.startSpan(stage, { startTime: begin }, context).end(end);
    span.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }
}

import type { FastifyInstance } from 'fastify';
import type { TracingSettings } from '../config/index.js';
import { traceWith } from './trace.js';

/** Traces each request from its first hook on. Without an endpoint, OpenTelemetry is not even loaded. */
export async function openTracing(fastify: FastifyInstance, settings: TracingSettings): Promise<void> {
  if (settings.endpoint === undefined) return;
  const { OtelTracer } = await import('./otel-tracer.js');
  const tracer = new OtelTracer(settings);
  traceWith(tracer);
  tracer.follow(fastify);
  fastify.addHook('onClose', async () => {
    traceWith(undefined);
    await tracer.close();
  });
}

import { embed, embedBatch } from './support/embed.js';
import { startService, type StartedService } from './support/start-service.js';
import { attribute, startTraceReceiver, type TraceReceiver } from './support/start-trace-receiver.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLER_SPAN_ID = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${CALLER_SPAN_ID}-01`;
const SERVER = 2;
const CLIENT = 3;

type Span = ReturnType<TraceReceiver['spans']>[number];

function traced(receiver: TraceReceiver, serviceName: string): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_SERVICE_NAME: serviceName, EMBEDDING_WORKERS: '1' };
}

function named(spans: readonly Span[], name: string): Span {
  const [span, ...others] = spans.filter((each) => each.name === name);
  expect([name, others]).toEqual([name, []]);
  if (span === undefined) throw new Error(`no span ${name} among ${spans.map((each) => each.name).join()}`);
  return span;
}

interface LogLine {
  readonly context?: string;
  readonly method?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
}

function linesOf(service: StartedService): readonly LogLine[] {
  const lines = service.stdout().split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
}

/** Method, trace id and span id of each line of a request. */
function idsInLog(service: StartedService): readonly (readonly (string | undefined)[])[] {
  const requests = linesOf(service).filter(({ context }) => context === 'Http');
  return requests.map(({ method, trace_id, span_id }) => [method, trace_id, span_id]);
}

/** Stops the services, which send all remaining spans at their end. */
async function stopAll(services: readonly StartedService[]): Promise<void> {
  for (const service of services) expect(await service.stop()).toBe(0);
}

describe('traces', () => {
  it('continue from the caller through one service to the next and into each stage', async () => {
    const receiver = await startTraceReceiver();
    const upstream = await startService(traced(receiver, 'upstream'));
    const front = await startService({
      ...traced(receiver, 'front'),
      EMBEDDING_PROVIDER: 'openai',
      OPENAI_BASE_URL: `${upstream.url}/v1`,
      OPENAI_MODEL: 'all-MiniLM-L6-v2',
      EMBEDDING_DIM: '384',
    });
    await embed(front.url, 'a secret text', { traceparent: TRACEPARENT, 'x-request-id': 'mine' });
    await stopAll([front, upstream]);

    const spans = receiver.spans();
    const request = named(spans, 'POST /embed');
    const call = named(spans, 'upstream');
    const answer = named(spans, 'POST /v1/embeddings');
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
    expect([request.parentSpanId, call.parentSpanId, answer.parentSpanId]).toEqual([CALLER_SPAN_ID, request.spanId, call.spanId]);
    expect([request.kind, call.kind, answer.kind]).toEqual([SERVER, CLIENT, SERVER]);
    expect(attribute(request.attributes, 'request.id')).toBe('mine');
    expect(attribute(request.attributes, 'http.response.status_code')).toBe('200');
    expect(new Set(receiver.serviceNames())).toEqual(new Set(['front', 'upstream']));
    const stages = spans.filter(({ parentSpanId }) => parentSpanId === answer.spanId).map(({ name }) => name);
    expect(stages.sort()).toEqual(['cache', 'inference', 'queue', 'serialize', 'tokenize']);
    expect(receiver.text()).not.toContain('secret');
    expect(idsInLog(front)).toEqual([['POST', TRACE_ID, request.spanId]]);
    expect(idsInLog(upstream)).toContainEqual(['POST', TRACE_ID, answer.spanId]);
  });

  it('are the exemplars of the latency, where OpenMetrics is asked for', async () => {
    const receiver = await startTraceReceiver();
    const service = await startService(traced(receiver, 'alone'));
    await embed(service.url, 'a text', { traceparent: TRACEPARENT });
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
    const answer = await fetch(`${service.url}/metrics`, { headers: { accept } });
    const [line] = (await answer.text()).match(/^embedding_latency_seconds_bucket\{.*trace_id.*$/m) ?? [];
    expect(answer.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(line).toMatch(new RegExp(`\\} 1 # \\{trace_id="${TRACE_ID}",span_id="[0-9a-f]{16}"\\} [0-9.]+ [0-9.]+$`));
    expect(await (await fetch(`${service.url}/metrics`)).text()).not.toContain('trace_id');
    await stopAll([service]);
  });

  it('are named in the log lines of the request, and in no other line', async () => {
    const receiver = await startTraceReceiver();
    const service = await startService({ ...traced(receiver, 'alone'), LOG_LEVEL: 'debug' });
    await Promise.all([fetch(`${service.url}/nothing`), fetch(`${service.url}/health`)]);
    await stopAll([service]);

    const unknown = named(receiver.spans(), 'GET unknown');
    expect(idsInLog(service)).toEqual(
      expect.arrayContaining([
        ['any', unknown.traceId, unknown.spanId],
        ['GET', undefined, undefined],
      ]),
    );
    const others = linesOf(service).filter(({ context }) => context !== 'Http');
    expect(others.filter((line) => line.trace_id !== undefined)).toEqual([]);
    expect(others.length).toBeGreaterThan(2);
  });

  it('show the begin and end of each stage, with the slowest text for a batch', async () => {
    const receiver = await startTraceReceiver();
    const service = await startService(traced(receiver, 'alone'));
    await embedBatch(
      service.url,
      Array.from({ length: 50 }, (_, index) => `text ${index}`),
    );
    await embed(service.url, 'text 1');
    await fetch(`${service.url}/health/ready`);
    await stopAll([service]);

    const spans = receiver.spans();
    const batch = named(spans, 'POST /embed/batch');
    const [cache, tokenize, queue, inference] = ['cache', 'tokenize', 'queue', 'inference'].map((name) =>
      named(
        spans.filter(({ parentSpanId }) => parentSpanId === batch.spanId),
        name,
      ),
    );
    const times = [batch, cache, tokenize, queue].map((span) => span?.startTimeUnixNano ?? '');
    expect(times.toSorted((left, right) => left.localeCompare(right))).toEqual(times);
    // The text that waited longest may be another one than the slowest, so their order is not tested.
    expect(BigInt(inference?.startTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(BigInt(tokenize?.startTimeUnixNano ?? 0));
    expect(BigInt(batch.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(inference?.endTimeUnixNano ?? 0));
    const hit = named(spans, 'POST /embed');
    expect(
      spans
        .filter(({ parentSpanId }) => parentSpanId === hit.spanId)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['cache', 'serialize']);
    expect(hit.traceId).not.toBe(batch.traceId);
    expect(spans.filter(({ name }) => name.includes('health'))).toEqual([]);
  });

  it('delay no request and no exit when the collector does not answer', async () => {
    const nobody = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '1000' }; // default: 10 s
    const service = await startService({ ...nobody, EMBEDDING_WORKERS: '1' });
    expect((await embed(service.url, 'a text')).status).toBe(200);
    expect(await service.stop()).toBe(0);
  });
});

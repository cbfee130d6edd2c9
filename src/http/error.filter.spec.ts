import {
  BadRequestException,
  HttpException,
  InternalServerErrorException,
  Logger,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { ServiceError } from '../errors/index.js';
import { ErrorFilter } from './error.filter.js';
import { httpContext } from './execution-context.fake.js';
import { FakeLogger } from './logger.fake.js';
import { openAiErrors } from './openai-errors.js';

/** Keeps what Fastify's reply would send. */
class FakeReply {
  sent = false;
  readonly raw = { destroyed: false };
  statusCode = 200;
  contentType = '';
  body: unknown;
  readonly sentHeaders: Record<string, string> = {};

  status(statusCode: number): this {
    this.statusCode = statusCode;
    return this;
  }

  type(contentType: string): this {
    this.contentType = contentType;
    return this;
  }

  header(name: string, value: string): this {
    this.sentHeaders[name] = value;
    return this;
  }

  headers(headers: Record<string, string>): this {
    Object.assign(this.sentHeaders, headers);
    return this;
  }

  removeHeader(name: string): this {
    delete this.sentHeaders[name];
    return this;
  }

  send(body: unknown): this {
    this.body = body;
    this.sent = true;
    return this;
  }
}

let logger: FakeLogger;

beforeEach(() => {
  logger = new FakeLogger();
  Logger.overrideLogger(logger);
});

function answerTo(thrown: unknown, reply = new FakeReply(), url = '/embed'): FakeReply {
  const routeOptions = { bodyLimit: 1000, config: { bodyLimitSetting: 'MOST_BYTES' } };
  const server = { errorDialects: [openAiErrors] };
  new ErrorFilter().catch(
    thrown,
    httpContext({ id: 'request-7', url, server, routeOptions, headers: { 'content-length': '5000000' } }, reply),
  );
  return reply;
}

/** As Fastify makes them. */
function errorWith(properties: object, message: string): Error {
  return Object.assign(new Error(message), properties);
}

describe('ErrorFilter', () => {
  it('answers a refusal of the service in the common shape of errors', () => {
    const reply = answerTo(new ServiceError('conflict_space', 'Another space.'));
    expect(reply).toMatchObject({ statusCode: 409, contentType: 'application/json; charset=utf-8', sentHeaders: {} });
    expect(reply.body).toEqual({
      statusCode: 409,
      error: 'Conflict',
      message: 'Another space.',
      code: 'conflict_space',
      requestId: 'request-7',
    });
  });

  it('names each fault of an invalid request', () => {
    const faults = [{ field: 'texts[3]', message: 'must not be empty' }];
    const { body } = answerTo(new ServiceError('invalid_request', 'texts[3] must not be empty', { faults }));
    expect(body).toMatchObject({ statusCode: 400, error: 'Bad Request', details: faults });
  });

  it('says when to try again', () => {
    const reply = answerTo(new ServiceError('overloaded', 'The queue is full.', { retryAfterSeconds: 3 }));
    expect(reply).toMatchObject({
      statusCode: 503,
      sentHeaders: { 'retry-after': '3' },
      body: { code: 'overloaded', message: 'The queue is full.' },
    });
  });

  it('answers a refusal of Nest with its status and message', () => {
    expect(answerTo(new NotFoundException('Cannot GET /nowhere')).body).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'Cannot GET /nowhere',
      code: 'not_found',
      requestId: 'request-7',
    });
    expect(answerTo(new BadRequestException('Unexpected token')).body).toMatchObject({ statusCode: 400, code: 'invalid_request' });
  });

  it.each([
    [400, 'FST_ERR_CTP_INVALID_JSON_BODY', 'invalid_request'],
    [415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ])('answers a refusal of Fastify with %i', (statusCode, code, expected) => {
    const reply = answerTo(errorWith({ statusCode, code }, 'As Fastify says it'));
    expect(reply).toMatchObject({ statusCode, body: { code: expected, message: 'As Fastify says it' } });
  });

  it.each([
    ['Fastify', errorWith({ statusCode: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' }, 'Too large')],
    ['Nest around Fastify', new HttpException('Too large', 413, { cause: errorWith({ code: 'FST_ERR_CTP_BODY_TOO_LARGE' }, '') })],
  ])('names the limit when %s refuses a body', (_, thrown) => {
    const message = 'The body is larger than the 1000 bytes that are read here (MOST_BYTES); send less at a time.';
    expect(answerTo(thrown)).toMatchObject({ statusCode: 413, body: { code: 'payload_too_large', message } });
  });

  it("answers in OpenAI's shape, with its headers, on OpenAI's paths", () => {
    const reply = answerTo(new ServiceError('rate_limited', 'Too many.', { retryAfterSeconds: 2 }), new FakeReply(), '/v1/embeddings');
    expect(reply).toMatchObject({ statusCode: 429, sentHeaders: { 'retry-after': '2', 'retry-after-ms': '2000' } });
    expect(reply.body).toEqual({ error: { message: 'Too many.', type: 'requests', param: null, code: 'rate_limit_exceeded' } });
  });

  it('shows the report of terminus when the service is not ready', () => {
    const report = { status: 'error', details: { redis: { status: 'down' } } };
    const reply = answerTo(new ServiceUnavailableException(report));
    expect(reply).toMatchObject({ statusCode: 503, sentHeaders: { 'retry-after': '1' }, body: { code: 'unavailable', details: report } });
    expect(logger.lines).toEqual([]);
  });

  it.each([
    ['an unknown error', new Error('SECRET at 10.0.0.1')],
    ['an unknown error of Fastify', errorWith({ statusCode: 500 }, 'SECRET')],
    ['an error of Nest', new InternalServerErrorException('SECRET')],
    ['an error of Nest with a body', new HttpException({ message: 'SECRET' }, 502)],
    ['an error of a package that names a status of its own', errorWith({ statusCode: 200 }, 'SECRET')],
    ['a failed inference', new ServiceError('inference_failed', 'The model failed.', { cause: new Error('SECRET') })],
    ['a string', 'SECRET'],
    ['nothing', undefined],
    ['null', null],
    ['an object that is no error', { statusCode: 400, message: 'SECRET' }],
  ])('hides the details of %s, and logs them with the request id', (_, thrown) => {
    const reply = answerTo(thrown);
    expect(reply.statusCode).toBeGreaterThanOrEqual(500);
    expect(JSON.stringify([reply.body, reply.sentHeaders])).not.toContain('SECRET');
    expect(reply.body).toMatchObject({ statusCode: reply.statusCode, requestId: 'request-7' });
    expect(logger.lines).toEqual([{ level: 'error', message: expect.objectContaining({ requestId: 'request-7' }) as unknown }]);
  });

  it('logs the cause beneath an error', () => {
    answerTo(new ServiceError('inference_failed', 'The model failed.', { cause: new Error('the worker died') }));
    expect(logger.lines[0]?.message).toMatchObject({ error: { message: 'The model failed.', cause: { message: 'the worker died' } } });
  });

  it.each([new ServiceError('invalid_request', 'No.'), new ServiceError('overloaded', 'Full.'), new NotFoundException()])(
    'logs no %s',
    (expected) => {
      answerTo(expected);
      expect(logger.lines).toEqual([]);
    },
  );

  it('sends nothing after an answer was sent', () => {
    const reply = new FakeReply();
    reply.send('the answer');
    expect(answerTo(new Error('too late'), reply)).toMatchObject({ statusCode: 200, body: 'the answer' });
  });

  it('sends nothing to a caller who has left', () => {
    const reply = new FakeReply();
    reply.raw.destroyed = true;
    expect(answerTo(new ServiceError('aborted', 'The caller went away.'), reply).sent).toBe(false);
  });
});

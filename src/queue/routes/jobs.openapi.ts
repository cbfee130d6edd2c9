import { applyDecorators } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiQuery,
  getSchemaPath,
} from '@nestjs/swagger';
import { ApiErrors, COMMON_HEADERS } from '../../http/index.js';
import { JobAnswer } from '../job-answer.js';
import { JOB_FIELDS } from '../job-fields.js';
import { RESULT_FORMATS } from './job-queries.js';
import { JOB_FIELD_MEANINGS, JobRequest } from './job-request.dto.js';
import { JobResults } from './job-results.openapi.js';

export class JobListAnswer {
  @ApiProperty({ type: [JobAnswer], description: 'The newest first' })
  data!: JobAnswer[];

  @ApiProperty()
  has_more!: boolean;

  @ApiProperty({ type: String, nullable: true, description: '`after` of the next page' })
  next_after!: string | null;
}

const ID = ApiParam({ name: 'id', description: 'The id of the job' });
const LOCATION = { Location: { description: 'The URL of the job', schema: { type: 'string' } } } as const;
const RESULT_HEADERS = {
  'X-Job-Status': { description: 'The status of the job', schema: { type: 'string' } },
  'X-Embedding-Space': { description: 'Fingerprint of the embedding space of the vectors', schema: { type: 'string' } },
  'X-Texts-Without-Vector': { description: 'With `npy`: how many texts of the job have none', schema: { type: 'integer' } },
} as const;

const NDJSON_EXAMPLE = '{"id":"a","text":"Hello, world!"}\n{"text":"Goodbye."}\n';

export function ApiSubmitJob(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Submit texts to be computed in the background',
      description:
        'As JSON, or as NDJSON, one `{"id"?, "text"}` a line; a `text` of null keeps its place and gets an error instead of a vector. Texts are stored as they arrive. The first fault ends the upload. 202 = the job is stored and survives a crash.',
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: { $ref: getSchemaPath(JobRequest) } },
          'application/x-ndjson': { schema: { type: 'string', example: NDJSON_EXAMPLE } },
        },
      },
    }),
    ApiExtraModels(JobRequest),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'The same key and request give the same job; another request with it gives 422',
    }),
    ...JOB_FIELDS.map((name) =>
      ApiQuery({ name, required: false, type: String, description: `Only with NDJSON. ${JOB_FIELD_MEANINGS[name]}` }),
    ),
    ApiAcceptedResponse({ type: JobAnswer, headers: { ...COMMON_HEADERS, ...LOCATION } }),
    ApiErrors(400, 413, 415, 422, 429, 500, 503, 507),
  );
}

export function ApiListJobs(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Jobs, the newest first' }),
    ApiQuery({ name: 'limit', required: false, type: 'integer', description: '1 to 100; 20 unless given' }),
    ApiQuery({ name: 'after', required: false, type: String, description: 'The id after which the page begins' }),
    ApiOkResponse({ type: JobListAnswer, headers: COMMON_HEADERS }),
    ApiErrors(400, 429, 500, 503),
  );
}

export function ApiReadJob(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'How a job is doing' }),
    ID,
    ApiOkResponse({ type: JobAnswer, headers: COMMON_HEADERS }),
    ApiErrors(404, 429, 500, 503),
  );
}

export function ApiCancelJob(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Cancel a job',
      description: 'Finished results stay until JOB_TTL; the other texts get the error `cancelled`. Computed vectors stay in the cache.',
    }),
    ID,
    ApiOkResponse({ type: JobAnswer, headers: COMMON_HEADERS }),
    ApiErrors(404, 409, 429, 500, 503),
  );
}

export function ApiJobResults(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'The results of a job, in the order of its texts',
      description:
        'Of an unfinished job, those that are there without a gap; ask again with `after`. Of a cancelled or failed one all: a text that was not computed has the error `cancelled`, or that of the job, and no id. `ndjson`, unless another format is asked for: a result a line. ' +
        '`npy`: a float32 matrix, a row of NaN for a text that has no vector; only of a job that has ended. With another `output_dtype` a matrix of int8 or uint8, a row of zeros.',
    }),
    ID,
    ApiExtraModels(JobResults),
    ApiQuery({ name: 'format', required: false, enum: RESULT_FORMATS }),
    ApiQuery({ name: 'after', required: false, type: 'integer', description: 'The index of the last result that you have' }),
    ApiOkResponse({
      content: {
        'application/json': { schema: { $ref: getSchemaPath(JobResults) } },
        ...contentOf('application/x-ndjson', 'application/octet-stream'),
      },
      headers: { ...COMMON_HEADERS, ...RESULT_HEADERS },
    }),
    ApiErrors(400, 404, 409, 429, 500, 503),
  );
}

export function ApiJobEvents(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'The progress of a job until its end, as server-sent events',
      description: 'Events `progress`, then `completed`, `failed` or `cancelled`; their data is the job.',
    }),
    ID,
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'As EventSource sends it; the state of the job is always sent at once',
    }),
    ApiOkResponse({ content: { 'text/event-stream': { schema: EVENT } }, headers: COMMON_HEADERS }),
    ApiErrors(404, 429, 500, 503),
  );
}

/** The fields of one event of the stream. */
const EVENT = {
  type: 'object',
  properties: {
    event: { type: 'string', enum: ['progress', 'completed', 'failed', 'cancelled'] },
    id: { type: 'string' },
    data: { type: 'string', description: 'The job, as JSON' },
    retry: { type: 'integer' },
  },
};

/** The types of successful answers; errors are JSON. */
function contentOf(...types: readonly string[]): Record<string, { schema: { type: string } }> {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }]));
}

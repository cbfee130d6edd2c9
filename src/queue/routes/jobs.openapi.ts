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
import { CHUNK_NUMBERS, JOB_FIELDS } from '../job-fields.js';
import { chunkName, RESULT_FORMATS } from './job-queries.js';
import { CHUNK_MEANINGS, JOB_FIELD_MEANINGS, JobRequest } from './job-request.dto.js';
import { JobResults } from './job-results.openapi.js';

/** Registered at https://www.iana.org/assignments/media-types */
export const PARQUET_TYPE = 'application/vnd.apache.parquet';

export class JobListAnswer {
  @ApiProperty({ type: [JobAnswer], description: 'Newest first' })
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
  'X-Texts-Without-Vector': { description: 'With `npy`: the number of texts without a vector', schema: { type: 'integer' } },
} as const;

const NDJSON_EXAMPLE = '{"id":"a","text":"Hello, world!"}\n{"text":"Goodbye."}\n';

export function ApiSubmitJob(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Submit texts to be computed in the background',
      description:
        'Send JSON, or NDJSON with one `{"id"?, "title"?, "text", "input_type"?}` per line; a title stands before the text. With `chunk`, each text is cut into chunks at ends of paragraphs, sentences and words, and each chunk is a text of the job. A `text` of null keeps its place and gets an error instead of a vector. Texts are stored as they arrive, and the first fault ends the upload. 202 means that the job is stored and survives a crash.',
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
      description: 'The same key with the same request returns the same job; with another request it returns 422',
    }),
    ...JOB_FIELDS.map((name) =>
      ApiQuery({ name, required: false, type: String, description: `Only with NDJSON. ${JOB_FIELD_MEANINGS[name]}` }),
    ),
    ...CHUNK_NUMBERS.map((name) =>
      ApiQuery({ name: chunkName(name), required: false, type: 'integer', description: `Only with NDJSON. ${CHUNK_MEANINGS[name]}` }),
    ),
    ApiAcceptedResponse({ type: JobAnswer, headers: { ...COMMON_HEADERS, ...LOCATION } }),
    ApiErrors(400, 413, 415, 422, 429, 500, 503, 507),
  );
}

export function ApiListJobs(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'The jobs, newest first' }),
    ApiQuery({ name: 'limit', required: false, type: 'integer', description: '1 to 100; default 20' }),
    ApiQuery({ name: 'after', required: false, type: String, description: 'The id after which the page begins' }),
    ApiOkResponse({ type: JobListAnswer, headers: COMMON_HEADERS }),
    ApiErrors(400, 429, 500, 503),
  );
}

export function ApiReadJob(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'The state of a job' }),
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
        'An unfinished job returns its first results without a gap; ask again with `after`. A cancelled or failed job returns a result for every text: one that was not computed has the error `cancelled`, or the error of the job, and no id. The default format is `ndjson`, with one result per line. ' +
        '`npy` is a float32 matrix, with a row of NaN for a text without a vector; only for jobs that have ended. With another `output_dtype` it is a matrix of int8 or uint8, with a row of zeros. ' +
        '`parquet` has the members of a line as columns, null where there are none.',
    }),
    ID,
    ApiExtraModels(JobResults),
    ApiQuery({ name: 'format', required: false, enum: RESULT_FORMATS }),
    ApiQuery({ name: 'after', required: false, type: 'integer', description: 'The index of the last result that you have' }),
    ApiOkResponse({
      content: {
        'application/json': { schema: { $ref: getSchemaPath(JobResults) } },
        ...contentOf('application/x-ndjson', 'application/octet-stream', PARQUET_TYPE),
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
      description: 'Sent by EventSource when it reconnects. The state of the job is always sent immediately',
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

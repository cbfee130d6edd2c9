import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { FaultFree, LimitedBody } from '../../texts/index.js';
import { LONGEST_TTL_SECONDS, SHORTEST_TTL_SECONDS } from '../files/file-record.js';
import { BATCH_STATUSES, type BatchRecord, type BatchStatus } from './batch-record.js';
import { ListPage } from '../list.dto.js';

const MOST_PAIRS = 16;
const LONGEST_KEY = 64;
const LONGEST_VALUE = 512;

interface OutputExpiry {
  readonly anchor: 'created_at';
  readonly seconds: number;
}

export class CreateBatchRequest extends LimitedBody {
  @ApiProperty({ description: 'A file with the purpose batch; each line `{custom_id, method: "POST", url: "/v1/embeddings", body}`' })
  @FaultFree('isFileId', (value) => (typeof value === 'string' ? undefined : 'must be the id of a file'))
  input_file_id!: string;

  @ApiProperty({ enum: ['/v1/embeddings'] })
  @FaultFree('isEndpoint', (value) => (value === '/v1/embeddings' ? undefined : 'must be /v1/embeddings'))
  endpoint!: '/v1/embeddings';

  @ApiProperty({ enum: ['24h'] })
  @FaultFree('isWindow', (value) => (value === '24h' ? undefined : 'must be 24h'))
  completion_window!: '24h';

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, nullable: true, maxProperties: MOST_PAIRS })
  @FaultFree('isMetadata', faultOfMetadata)
  metadata?: Readonly<Record<string, string>> | null;

  @ApiPropertyOptional({
    description: 'When the files of the batch are deleted; default: 30 days after they are made',
    type: 'object',
    nullable: true,
    properties: { anchor: { type: 'string', enum: ['created_at'] }, seconds: { type: 'integer' } },
  })
  @FaultFree('isExpiry', faultOfExpiry)
  output_expires_after?: OutputExpiry | null;

  /** Such requests are rare, so the faster check is not worth its code. */
  static accepts(): boolean {
    return false;
  }
}

function faultOfMetadata(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return 'must be an object';
  const pairs = Object.entries(value);
  if (pairs.length > MOST_PAIRS) return `must have at most ${MOST_PAIRS} pairs`;
  const isSound = pairs.every(([key, text]) => key.length <= LONGEST_KEY && typeof text === 'string' && text.length <= LONGEST_VALUE);
  return isSound ? undefined : `must have names of at most ${LONGEST_KEY} and texts of at most ${LONGEST_VALUE} characters`;
}

function faultOfExpiry(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const { anchor, seconds } = value as Partial<Record<keyof OutputExpiry, unknown>>;
  const isSound = Number.isInteger(seconds) && Number(seconds) >= SHORTEST_TTL_SECONDS && Number(seconds) <= LONGEST_TTL_SECONDS;
  return anchor === 'created_at' && isSound
    ? undefined
    : `must be an anchor, created_at, and ${SHORTEST_TTL_SECONDS} to ${LONGEST_TTL_SECONDS} seconds`;
}

class BatchErrorItem {
  @ApiProperty({ example: 'invalid_json_line' })
  code!: string;

  @ApiProperty()
  message!: string;

  @ApiProperty({ type: Number, nullable: true })
  line!: number | null;

  @ApiProperty({ type: String, nullable: true })
  param!: string | null;
}

interface BatchErrors {
  readonly object: 'list';
  readonly data: readonly BatchErrorItem[];
}

class BatchRequestCounts {
  @ApiProperty()
  total!: number;

  @ApiProperty()
  completed!: number;

  @ApiProperty()
  failed!: number;
}

class BatchUsage {
  @ApiProperty()
  input_tokens!: number;

  @ApiProperty({ type: 'object', properties: { cached_tokens: { type: 'integer' } } })
  input_tokens_details!: { readonly cached_tokens: number };

  @ApiProperty()
  output_tokens!: number;

  @ApiProperty({ type: 'object', properties: { reasoning_tokens: { type: 'integer' } } })
  output_tokens_details!: { readonly reasoning_tokens: number };

  @ApiProperty()
  total_tokens!: number;
}

const TIME = { type: Number, nullable: true } as const;
const FILE = { type: String, nullable: true } as const;

@ApiExtraModels(BatchErrorItem)
export class BatchObject {
  @ApiProperty({ example: 'batch_0199c0ffee00d1ce5eedf00dfeedbeef' })
  id!: string;

  @ApiProperty({ enum: ['batch'] })
  object!: 'batch';

  @ApiProperty({ enum: ['/v1/embeddings'] })
  endpoint!: '/v1/embeddings';

  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  model!: string;

  /** Not a reference, because generators of clients take a reference for what is never null. */
  @ApiProperty({
    type: 'object',
    nullable: true,
    description: 'Why the whole batch failed',
    required: ['object', 'data'],
    properties: {
      object: { type: 'string', enum: ['list'] },
      data: { type: 'array', items: { $ref: getSchemaPath(BatchErrorItem) } },
    },
  })
  errors!: BatchErrors | null;

  @ApiProperty()
  input_file_id!: string;

  @ApiProperty({ enum: ['24h'] })
  completion_window!: '24h';

  @ApiProperty({ enum: BATCH_STATUSES })
  status!: BatchStatus;

  @ApiProperty({ ...FILE, description: 'The file of the answers, in the order of the input' })
  output_file_id!: string | null;

  @ApiProperty({ ...FILE, description: 'The file of the requests that were refused or not answered' })
  error_file_id!: string | null;

  @ApiProperty({ type: Number })
  created_at!: number;

  @ApiProperty(TIME)
  in_progress_at!: number | null;

  @ApiProperty({ type: Number, description: 'When the batch expires; requests that are not done by then get an error' })
  expires_at!: number;

  @ApiProperty(TIME)
  finalizing_at!: number | null;

  @ApiProperty(TIME)
  completed_at!: number | null;

  @ApiProperty(TIME)
  failed_at!: number | null;

  @ApiProperty(TIME)
  expired_at!: number | null;

  @ApiProperty(TIME)
  cancelling_at!: number | null;

  @ApiProperty(TIME)
  cancelled_at!: number | null;

  @ApiProperty({ description: 'While the batch runs, estimated from the finished texts' })
  request_counts!: BatchRequestCounts;

  @ApiProperty({ description: 'Complete when the batch has ended' })
  usage!: BatchUsage;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, nullable: true })
  metadata!: Readonly<Record<string, string>> | null;
}

export class BatchList extends ListPage {
  @ApiProperty({ type: [BatchObject] })
  data!: readonly BatchObject[];
}

/** @param defaultModel The model of batches whose requests name none, and of those that have not begun. */
export function batchObject(batch: BatchRecord, defaultModel: string): BatchObject {
  const endedAs = (status: BatchStatus): number | null => (batch.status === status ? (batch.endedAt ?? null) : null);
  return {
    id: batch.id,
    object: 'batch',
    endpoint: '/v1/embeddings',
    model: batch.model ?? defaultModel,
    errors: batch.faults.length === 0 ? null : { object: 'list', data: batch.faults },
    input_file_id: batch.inputFileId,
    completion_window: '24h',
    status: batch.status,
    output_file_id: batch.hasOutput === true ? (batch.outputFileId ?? null) : null,
    error_file_id: batch.hasErrors === true ? (batch.errorFileId ?? null) : null,
    created_at: batch.createdAt,
    in_progress_at: batch.inProgressAt ?? null,
    expires_at: batch.expiresAt,
    finalizing_at: batch.finalizingAt ?? null,
    completed_at: endedAs('completed'),
    failed_at: endedAs('failed'),
    expired_at: endedAs('expired'),
    cancelling_at: batch.cancellingAt ?? null,
    cancelled_at: endedAs('cancelled'),
    request_counts: batch.counts,
    usage: usageOf(batch.tokens),
    metadata: batch.metadata,
  };
}

function usageOf(tokens: number): BatchUsage {
  return {
    input_tokens: tokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: tokens,
  };
}

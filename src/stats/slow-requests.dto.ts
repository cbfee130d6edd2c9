import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { STAGES, type CacheState, type EnteredStages } from '../embedding/index.js';

class SlowRequestEntry {
  @ApiProperty({ type: String, format: 'date-time', description: 'When the answer was sent' })
  at!: string;

  @ApiProperty({ description: 'X-Request-Id of the answer; its log line has the same' })
  request_id!: string;

  @ApiProperty({ example: 'POST /v1/embeddings' })
  route!: string;

  @ApiProperty({ description: 'Status of the answer. Requests that failed have none of the fields below `ms`', example: 200 })
  status!: number;

  @ApiProperty({ description: 'Milliseconds from the arrival of the request to the end of its answer' })
  ms!: number;

  @ApiPropertyOptional({ enum: ['hit', 'partial', 'miss'], description: 'Whether all, some or none of the texts were cached' })
  cache?: CacheState;

  @ApiPropertyOptional({ description: 'Texts of the request' })
  texts?: number;

  @ApiPropertyOptional({ description: 'Tokens of these texts' })
  tokens?: number;

  @ApiPropertyOptional({ example: 'all-MiniLM-L6-v2' })
  model?: string;

  @ApiPropertyOptional({
    type: 'object',
    properties: Object.fromEntries(STAGES.map((stage) => [stage, { type: 'number' as const }])),
    description: 'Milliseconds that the slowest text of the request spent in each stage; `queue` is the wait for a free inference process',
  })
  stages?: EnteredStages;
}

export class SlowRequestsResponse {
  @ApiProperty({ type: [SlowRequestEntry], description: 'At most 20, the slowest first' })
  requests!: SlowRequestEntry[];
}

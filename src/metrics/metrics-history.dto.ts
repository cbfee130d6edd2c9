import { ApiProperty } from '@nestjs/swagger';

export class MetricsHistoryResponse {
  @ApiProperty({ description: 'Seconds between two samples', example: 10 })
  interval_seconds!: number;

  @ApiProperty({ description: "The service's clock at this answer: seconds since the epoch" })
  now!: number;

  @ApiProperty({ description: 'When the samples were taken, the oldest first: seconds since the epoch', type: [Number] })
  times!: readonly number[];

  @ApiProperty({
    description: 'A value for each time, by the series as Prometheus writes it. Null: the series did not exist yet',
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'number', nullable: true } },
    example: { embedding_requests_total: [4, 9], 'embedding_latency_seconds_bucket{le="0.1"}': [3, 8] },
  })
  series!: Readonly<Record<string, readonly (number | null)[]>>;
}

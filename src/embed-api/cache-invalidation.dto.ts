import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Equals, ValidateIf } from 'class-validator';
import { AreTexts, LimitedBody } from '../texts/index.js';

const MOST_TEXTS = 10_000;

export class InvalidateRequest extends LimitedBody {
  @ApiPropertyOptional({ description: 'Forget the vectors of these texts', type: [String], minItems: 1, maxItems: MOST_TEXTS })
  @ValidateIf(({ all, texts }: InvalidateRequest) => texts !== undefined || all === undefined)
  @AreTexts(MOST_TEXTS)
  texts?: string[];

  @ApiPropertyOptional({ description: 'Or forget all of them', enum: [true] })
  @ValidateIf(({ all }: InvalidateRequest) => all !== undefined)
  @Equals(true, { message: 'must be true, or left out' })
  all?: true;

  /** Has no fast check, because it is rare. */
  static accepts(): boolean {
    return false;
  }
}

export class InvalidateResponse {
  @ApiProperty({ description: 'How many vectors were stored and are no longer', example: 2 })
  removed!: number;
}

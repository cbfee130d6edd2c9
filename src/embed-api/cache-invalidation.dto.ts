import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Equals, IsString, ValidateIf } from 'class-validator';
import { AreTexts, LimitedBody } from '../texts/index.js';

const MOST_TEXTS = 10_000;

export class InvalidateRequest extends LimitedBody {
  @ApiPropertyOptional({ description: 'Texts whose vectors are removed', type: [String], minItems: 1, maxItems: MOST_TEXTS })
  @ValidateIf(({ all, texts }: InvalidateRequest) => texts !== undefined || all === undefined)
  @AreTexts(MOST_TEXTS)
  texts?: string[];

  @ApiPropertyOptional({ description: 'Remove all vectors', enum: [true] })
  @ValidateIf(({ all }: InvalidateRequest) => all !== undefined)
  @Equals(true, { message: 'must be true, or left out' })
  all?: true;

  @ApiPropertyOptional({ description: 'Of which model; absent = with `all` of every model, with `texts` of the default', type: String })
  @ValidateIf(({ model }: InvalidateRequest) => model !== undefined)
  @IsString({ message: 'must be a string' })
  model?: string;

  /** Has no fast check, because it is rare. */
  static accepts(): boolean {
    return false;
  }
}

export class InvalidateResponse {
  @ApiProperty({ description: 'The number of vectors that were removed', example: 2 })
  removed!: number;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { KEY_SOURCES, type KeySource } from '../auth/index.js';
import { KEY_ROLES, LIMIT_BOUND, type KeyRole } from '../config/index.js';
import { FaultFree, LimitedBody } from '../texts/index.js';

/** A day, in which all callers learn of the new secret. */
export const USUAL_OVERLAP_SECONDS = 86_400;
const LONGEST_OVERLAP_SECONDS = 90 * 86_400;
/** With a zone, because a time without one means another moment elsewhere. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
const LIMIT = { type: 'integer', nullable: true, minimum: 0, maximum: LIMIT_BOUND - 1 } as const;

const KEY_STATES = ['active', 'expired', 'shadowed'] as const;
type KeyState = (typeof KEY_STATES)[number];

/** The fields that an admin decides about a key. */
export class KeyTermsRequest extends LimitedBody {
  @ApiPropertyOptional({ enum: KEY_ROLES, default: 'client' })
  @FaultFree('isRole', (value) =>
    value === undefined || KEY_ROLES.some((role) => role === value) ? undefined : `must be ${KEY_ROLES.join(' or ')}`,
  )
  role?: KeyRole;

  @ApiPropertyOptional({ ...LIMIT, description: 'Requests in RATE_LIMIT_WINDOW; 0 = no limit, null = RATE_LIMIT_REQUESTS' })
  @FaultFree('isLimit', faultOfLimit)
  requests?: number | null;

  @ApiPropertyOptional({ ...LIMIT, description: 'Tokens in RATE_LIMIT_WINDOW; 0 = no limit, null = RATE_LIMIT_TOKENS' })
  @FaultFree('isLimit', faultOfLimit)
  tokens?: number | null;

  @ApiPropertyOptional({ ...LIMIT, description: 'Jobs queued or active; 0 = no limit, null = MAX_QUEUED_JOBS_PER_KEY' })
  @FaultFree('isLimit', faultOfLimit)
  jobs?: number | null;

  @ApiPropertyOptional({ ...LIMIT, description: 'Texts of these jobs; 0 = no limit, null = MAX_QUEUED_JOB_TEXTS_PER_KEY' })
  @FaultFree('isLimit', faultOfLimit)
  job_texts?: number | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'From then on the key is refused; null = never',
    example: '2027-06-30T00:00:00Z',
  })
  @FaultFree('isFuture', faultOfExpiry)
  expires_at?: string | null;

  /** Has no fast check, because it is rare. */
  static accepts(): boolean {
    return false;
  }
}

export class CreateKeyRequest extends KeyTermsRequest {
  @ApiProperty({ description: 'Whom the key is for: 1 to 64 letters, digits and . _ -', example: 'search', maxLength: 64 })
  @FaultFree('isText', (value) => (typeof value === 'string' ? undefined : 'must be a string'))
  name!: string;
}

export class RotateKeyRequest extends LimitedBody {
  @ApiPropertyOptional({
    description: 'How long the older secret still works; 0 = it ends now',
    type: 'integer',
    minimum: 0,
    maximum: LONGEST_OVERLAP_SECONDS,
    default: USUAL_OVERLAP_SECONDS,
  })
  @FaultFree('isOverlap', (value) =>
    value === undefined || isWhole(value, LONGEST_OVERLAP_SECONDS)
      ? undefined
      : `must be a whole number from 0 to ${LONGEST_OVERLAP_SECONDS}`,
  )
  overlap_seconds?: number;

  /** The body may be left out. */
  static accepts(body: unknown): boolean {
    return body === undefined || body === null;
  }
}

class SecretAnswer {
  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: as long as the key' })
  expires_at!: string | null;
}

export class KeyAnswer {
  @ApiProperty({ example: 'search' })
  name!: string;

  @ApiProperty({ enum: KEY_ROLES })
  role!: KeyRole;

  @ApiProperty({ type: 'integer', nullable: true, description: '0 = no limit, null = RATE_LIMIT_REQUESTS' })
  requests!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: '0 = no limit, null = RATE_LIMIT_TOKENS' })
  tokens!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: '0 = no limit, null = MAX_QUEUED_JOBS_PER_KEY' })
  jobs!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: '0 = no limit, null = MAX_QUEUED_JOB_TEXTS_PER_KEY' })
  job_texts!: number | null;

  @ApiProperty({ enum: KEY_SOURCES, description: 'Only keys of the store can be changed here' })
  source!: KeySource;

  @ApiProperty({ enum: KEY_STATES, description: 'shadowed: not used, because the settings have a key of the same name' })
  state!: KeyState;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: a key of the settings' })
  created_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: never' })
  expires_at!: string | null;

  @ApiProperty({ type: [SecretAnswer], description: 'The secrets that work, the newest first: two while a rotation lasts' })
  secrets!: SecretAnswer[];
}

export class IssuedKeyAnswer extends KeyAnswer {
  @ApiProperty({ description: 'Shown this once; only its hash is stored', example: 'ep_7Qk…' })
  secret!: string;

  @ApiPropertyOptional({ description: 'What changes for all callers, if something does' })
  notice?: string;
}

export class KeyListAnswer {
  @ApiProperty({ type: [KeyAnswer] })
  data!: KeyAnswer[];
}

function faultOfLimit(value: unknown): string | undefined {
  const isSound = value === undefined || value === null || isWhole(value, LIMIT_BOUND - 1);
  return isSound ? undefined : `must be a whole number from 0 to ${LIMIT_BOUND - 1}, or null`;
}

function isWhole(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function faultOfExpiry(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const time = typeof value === 'string' && TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) return 'must be a time like 2027-06-30T00:00:00Z, or null';
  return time > Date.now() ? undefined : 'must be in the future; to end a key now, delete it';
}

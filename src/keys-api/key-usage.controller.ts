import { Controller, Get, Query, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdminGuard, KEPT_DAYS, UsageHistory, type DayUse } from '../auth/index.js';
import { faulty } from '../errors/index.js';
import { ApiErrors, COMMON_HEADERS, wholeNumberOf } from '../http/index.js';
import { UsageAnswer, type UsageRow } from './key-usage.dto.js';

const USUAL_DAYS = 30;
const FORMATS = ['json', 'csv'] as const;
const COLUMNS = ['day', 'name', 'requests', 'refused', 'texts', 'tokens', 'job_texts'] as const satisfies readonly (keyof UsageRow)[];

type QueryValues = Readonly<Record<string, unknown>>;

@ApiTags('admin')
@Controller('keys/usage')
@UseGuards(AdminGuard)
export class KeyUsageController {
  constructor(private readonly history: UsageHistory) {}

  @Get()
  @ApiOperation({
    summary: 'The use of keys by day',
    description: `Kept for ${KEPT_DAYS} days, over restarts, summed over all instances. The last seconds of other instances may be missing.`,
  })
  @ApiExtraModels(UsageAnswer)
  @ApiQuery({
    name: 'days',
    required: false,
    type: 'integer',
    description: `1 to ${KEPT_DAYS}, today included; ${USUAL_DAYS} unless given`,
  })
  @ApiQuery({ name: 'name', required: false, type: String, description: 'Only of this key' })
  @ApiQuery({ name: 'format', required: false, enum: FORMATS })
  @ApiOkResponse({
    headers: COMMON_HEADERS,
    content: { 'application/json': { schema: { $ref: getSchemaPath(UsageAnswer) } }, 'text/csv': { schema: { type: 'string' } } },
  })
  @ApiErrors(400, 401, 403, 429, 500, 503)
  async readKeyUsage(@Query() query: QueryValues, @Res({ passthrough: true }) reply: FastifyReply): Promise<UsageAnswer | string> {
    const { days, name, isCsv } = read(query);
    const rows = (await this.history.read(days)).filter((use) => name === undefined || use.name === name).map(rowOf);
    if (!isCsv) return { data: rows };
    void reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="key-usage.csv"');
    return csvOf(rows);
  }
}

function read({ days, name, format, ...others }: QueryValues): {
  readonly days: number;
  readonly name: string | undefined;
  readonly isCsv: boolean;
} {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw faulty(unknown.slice(0, 100), 'is not known in the query; it may have days, name and format');
  const count = days === undefined ? USUAL_DAYS : wholeNumberOf(days);
  if (count === undefined || count < 1 || count > KEPT_DAYS) throw faulty('days', `must be a whole number from 1 to ${KEPT_DAYS}`);
  if (name !== undefined && typeof name !== 'string') throw faulty('name', 'must be the name of one key');
  if (format !== undefined && !FORMATS.some((known) => known === format)) throw faulty('format', `must be ${FORMATS.join(' or ')}`);
  return { days: count, name, isCsv: format === 'csv' };
}

function rowOf({ day, name, requests, refused, texts, tokens, jobTexts }: DayUse): UsageRow {
  return { day, name, requests, refused, texts, tokens, job_texts: jobTexts };
}

/** Names of keys have no commas and no quotes, so no field needs quotes. */
function csvOf(rows: readonly UsageRow[]): string {
  return [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((column) => row[column]).join(','))].map((line) => `${line}\r\n`).join('');
}

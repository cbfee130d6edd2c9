import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { AdminGuard, KeyDirectory } from '../auth/index.js';
import { ApiErrors, COMMON_HEADERS } from '../http/index.js';
import { KeyAdministration } from './key-administration.js';
import { issuedAnswer, keyList, storedAnswer, termsIn } from './key-answers.js';
import {
  CreateKeyRequest,
  IssuedKeyAnswer,
  KeyAnswer,
  KeyListAnswer,
  KeyTermsRequest,
  RotateKeyRequest,
  USUAL_OVERLAP_SECONDS,
} from './key.dto.js';

const NO_TERMS = { role: 'client', requests: undefined, tokens: undefined, expiresAt: undefined } as const;

@ApiTags('admin')
@Controller('keys')
@UseGuards(AdminGuard)
export class KeysController {
  constructor(
    private readonly keys: KeyAdministration,
    private readonly directory: KeyDirectory,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All keys, without their secrets' })
  @ApiOkResponse({ type: KeyListAnswer, headers: COMMON_HEADERS })
  @ApiErrors(401, 403, 429, 500, 503)
  listKeys(): KeyListAnswer {
    return { data: keyList(this.directory) };
  }

  @Post()
  @ApiOperation({
    summary: 'Create a key',
    description: 'All instances know it within a second. If it is the first key, callers need a key from then on.',
  })
  @ApiCreatedResponse({ type: IssuedKeyAnswer, headers: COMMON_HEADERS })
  @ApiErrors(400, 401, 403, 409, 413, 415, 429, 500, 503, 507)
  async createKey(@Body() request: CreateKeyRequest): Promise<IssuedKeyAnswer> {
    return issuedAnswer(await this.keys.create(request.name, { ...NO_TERMS, ...termsIn(request) }));
  }

  @Patch(':name')
  @ApiOperation({ summary: "Change a key's role, limits or expiry", description: 'Fields that are left out stay as they are.' })
  @ApiParam({ name: 'name' })
  @ApiOkResponse({ type: KeyAnswer, headers: COMMON_HEADERS })
  @ApiErrors(400, 401, 403, 404, 409, 413, 415, 429, 500, 503, 507)
  async changeKey(@Param('name') name: string, @Body() request: KeyTermsRequest): Promise<KeyAnswer> {
    return storedAnswer(await this.keys.amend(name, termsIn(request)));
  }

  @Post(':name/rotate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give a key a new secret', description: 'The older one works for `overlap_seconds`, a day unless given.' })
  @ApiParam({ name: 'name' })
  @ApiOkResponse({ type: IssuedKeyAnswer, headers: COMMON_HEADERS })
  @ApiErrors(400, 401, 403, 404, 409, 413, 415, 429, 500, 503, 507)
  async rotateKey(@Param('name') name: string, @Body() request?: RotateKeyRequest): Promise<IssuedKeyAnswer> {
    return issuedAnswer(await this.keys.rotate(name, request?.overlap_seconds ?? USUAL_OVERLAP_SECONDS));
  }

  @Delete(':name/older-secrets')
  @ApiOperation({ summary: 'End the older secret of a key before its overlap is over' })
  @ApiParam({ name: 'name' })
  @ApiOkResponse({ type: KeyAnswer, headers: COMMON_HEADERS })
  @ApiErrors(401, 403, 404, 409, 429, 500, 503, 507)
  async endOlderSecrets(@Param('name') name: string): Promise<KeyAnswer> {
    return storedAnswer(await this.keys.endOlderSecrets(name));
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a key', description: 'All instances refuse it within a second. Its jobs, files and usage stay.' })
  @ApiParam({ name: 'name' })
  @ApiNoContentResponse({ headers: COMMON_HEADERS })
  @ApiErrors(401, 403, 404, 409, 429, 500, 503, 507)
  async revokeKey(@Param('name') name: string): Promise<void> {
    await this.keys.revoke(name);
  }
}

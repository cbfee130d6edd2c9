import { Body, Controller, Delete, Get, HttpCode, Logger, Param, Patch, Post, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { AdminGuard, KeyDirectory, Owner } from '../auth/index.js';
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
  private readonly logger = new Logger('Keys');

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
  async createKey(@Body() request: CreateKeyRequest, @Owner() admin: string): Promise<IssuedKeyAnswer> {
    const issued = await this.keys.create(request.name, { ...NO_TERMS, ...termsIn(request) });
    this.logger.log(`${admin} created the key ${request.name}`);
    return issuedAnswer(issued);
  }

  @Patch(':name')
  @ApiOperation({ summary: "Change a key's role, limits or expiry", description: 'Fields that are left out stay as they are.' })
  @ApiParam({ name: 'name' })
  @ApiOkResponse({ type: KeyAnswer, headers: COMMON_HEADERS })
  @ApiErrors(400, 401, 403, 404, 409, 413, 415, 429, 500, 503, 507)
  async changeKey(@Param('name') name: string, @Body() request: KeyTermsRequest, @Owner() admin: string): Promise<KeyAnswer> {
    const key = await this.keys.amend(name, termsIn(request));
    this.logger.log(`${admin} changed the key ${name}`);
    return storedAnswer(key);
  }

  @Post(':name/rotate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give a key a new secret', description: 'The older one works for `overlap_seconds`, a day unless given.' })
  @ApiParam({ name: 'name' })
  @ApiOkResponse({ type: IssuedKeyAnswer, headers: COMMON_HEADERS })
  @ApiErrors(400, 401, 403, 404, 409, 413, 415, 429, 500, 503, 507)
  async rotateKey(
    @Param('name') name: string,
    @Owner() admin: string,
    @Body() request?: RotateKeyRequest, // not a union with undefined, for which Nest has no class to check the body by
  ): Promise<IssuedKeyAnswer> {
    const issued = await this.keys.rotate(name, request?.overlap_seconds ?? USUAL_OVERLAP_SECONDS);
    this.logger.log(`${admin} gave the key ${name} a new secret`);
    return issuedAnswer(issued);
  }

  @Delete(':name/older-secrets')
  @ApiOperation({ summary: 'End the older secret of a key before its overlap is over' })
  @ApiParam({ name: 'name' })
  @ApiOkResponse({ type: KeyAnswer, headers: COMMON_HEADERS })
  @ApiErrors(401, 403, 404, 409, 429, 500, 503, 507)
  async endOlderSecrets(@Param('name') name: string, @Owner() admin: string): Promise<KeyAnswer> {
    const key = await this.keys.endOlderSecrets(name);
    this.logger.log(`${admin} ended the older secrets of the key ${name}`);
    return storedAnswer(key);
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a key', description: 'All instances refuse it within a second. Its jobs, files and usage stay.' })
  @ApiParam({ name: 'name' })
  @ApiNoContentResponse({ headers: COMMON_HEADERS })
  @ApiErrors(401, 403, 404, 409, 429, 500, 503, 507)
  async revokeKey(@Param('name') name: string, @Owner() admin: string): Promise<void> {
    await this.keys.revoke(name);
    this.logger.log(`${admin} revoked the key ${name}`);
  }
}

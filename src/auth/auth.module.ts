import { Module } from '@nestjs/common';
import { AdminGuard } from './admin.guard.js';
import { Authenticator } from './authenticator.js';
import { KeyUsage } from './key-usage.js';

@Module({ providers: [Authenticator, AdminGuard, KeyUsage], exports: [Authenticator, AdminGuard, KeyUsage] })
export class AuthModule {}

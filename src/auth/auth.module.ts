import { Module } from '@nestjs/common';
import { AdminGuard } from './admin.guard.js';
import { Authenticator } from './authenticator.js';

@Module({ providers: [Authenticator, AdminGuard], exports: [Authenticator, AdminGuard] })
export class AuthModule {}

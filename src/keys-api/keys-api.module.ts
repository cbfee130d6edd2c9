import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { KeyAdministration } from './key-administration.js';
import { KeyUsageController } from './key-usage.controller.js';
import { KeysController } from './keys.controller.js';

@Module({ imports: [AuthModule], controllers: [KeyUsageController, KeysController], providers: [KeyAdministration] })
export class KeysApiModule {}

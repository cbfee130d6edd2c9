import { Module } from '@nestjs/common';
import { PagesController } from './pages.controller.js';

/** The front page, on which people try and watch the service in a browser. */
@Module({ controllers: [PagesController] })
export class PagesModule {}

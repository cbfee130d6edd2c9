import { Module } from '@nestjs/common';
import { PagesController } from './pages.controller.js';

/** The front page: what the service does, tried and watched in a browser. */
@Module({ controllers: [PagesController] })
export class PagesModule {}

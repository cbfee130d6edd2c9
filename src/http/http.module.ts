import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { BodyPipe } from './body.pipe.js';
import { ErrorFilter } from './error.filter.js';
import { httpMetricProviders, HttpMetrics } from './http.metrics.js';

/** The parts that all routes share: checks of bodies, error answers, and counts of requests. */
@Module({
  providers: [
    ...httpMetricProviders,
    HttpMetrics,
    { provide: APP_PIPE, useClass: BodyPipe },
    { provide: APP_FILTER, useClass: ErrorFilter },
  ],
  exports: [HttpMetrics],
})
export class HttpModule {}

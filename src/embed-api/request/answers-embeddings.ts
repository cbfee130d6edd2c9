import { UseInterceptors } from '@nestjs/common';
import { CachingInterceptor } from './caching.interceptor.js';
import { MetricsInterceptor } from './metrics.interceptor.js';

/** Decorates a controller or a method that returns an EmbedAnswer: sends it with its headers, and counts it. */
export function AnswersEmbeddings(): ClassDecorator & MethodDecorator {
  return UseInterceptors(CachingInterceptor, MetricsInterceptor);
}

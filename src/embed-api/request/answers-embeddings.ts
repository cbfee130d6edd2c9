import { UseInterceptors } from '@nestjs/common';
import { CachingInterceptor } from './caching.interceptor.js';
import { MetricsInterceptor } from './metrics.interceptor.js';

/** For a controller whose methods return an EmbedAnswer: sends it with its headers, and counts it. */
export function AnswersEmbeddings(): ClassDecorator {
  return UseInterceptors(CachingInterceptor, MetricsInterceptor);
}

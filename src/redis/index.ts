export { connectRedis, RESP_VERSION } from './connect-redis.js';
export { RedisBreaker } from './redis-breaker.js';
export type { RedisObserver } from './redis-observer.port.js';
export { RedisMetrics } from './redis.metrics.js';
export { RedisModule } from './redis.module.js';

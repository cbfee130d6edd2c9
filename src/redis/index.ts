export { connectRedis, loadRedis, redisTargetOf } from './connect-redis.js';
export type { RedisClient } from './open-redis.js';
export { RedisBreaker } from './redis-breaker.js';
export type { RedisObserver } from './redis-observer.port.js';
export { RedisMetrics } from './redis.metrics.js';
export { RedisModule } from './redis.module.js';
export { faultOf } from './redis-refusal.js';
export { redisStoreErrors } from './redis-store-errors.js';
export { RefusalWatch } from './refusal-watch.js';

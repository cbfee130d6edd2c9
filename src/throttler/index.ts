export { RateLimiter } from './rate-limiter.js';
export { ThrottlerModule } from './throttler.module.js';

export { RateLimitGuard } from './rate-limit.guard.js';
export { ThrottlerModule } from './throttler.module.js';

export { AdminGuard } from './admin.guard.js';
export { sendError } from './error.filter.js';
export { HttpMetrics } from './http.metrics.js';
export { HttpModule } from './http.module.js';
export { requestIdOf } from './request-id.js';
export { AreTexts, faultOfText, faultsOfTexts, IsText, LimitedBody, type TextLimits } from './text-limits.js';
export { ApiErrors, COMMON_HEADERS } from './error.openapi.js';

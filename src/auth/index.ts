export { AdminGuard, hasAdmin, isAdmin } from './admin.guard.js';
export { AuthModule } from './auth.module.js';
export { Authenticator } from './authenticator.js';
export { KeyUsage, type KeyUse } from './key-usage.js';
export { isOpenRoute } from './open-routes.js';
export { Owner, ownerOf } from './owner.js';
export { newKey, type KeyOptions } from './new-key.js';

export {
  ADMIN_KEY_NAME,
  faultOfKey,
  faultOfName,
  KEY_ROLES,
  keysInFile,
  LIMIT_BOUND,
  type ApiKeySettings,
  type KeyRights,
  type KeyRole,
} from './api-keys.js';
export { BUNDLED_MODELS_DIR, isBundledModel } from './bundled-models.js';
export { PACKAGE_ROOT } from './package-root.js';
export { ConfigModule } from './config.module.js';
export * from './config.tokens.js';
export { isModelFolder } from './is-model-folder.js';
export { parseRedisUrl, type RedisTarget } from './parse-redis-url.js';
export { environmentToServe, loadSettings, settingOfModel } from './load-settings.js';
export { packageVersion } from './package-version.js';
export { faultsOfKeysFile } from './parse-auth-settings.js';
export type {
  EmbeddingSettings,
  LocalEmbeddingSettings,
  ModelAlias,
  ModelLoad,
  OpenAiEmbeddingSettings,
  Pooling,
  VectorCheckSettings,
} from './embedding-settings.js';
export { CHECK_VARIABLES, faultOfModel, NAMES_OF_ONE, type SettingNames } from './models/setting-names.js';
export { POOLINGS } from './embedding-settings.js';
export type {
  AuthSettings,
  BatchSettings,
  CacheScope,
  CacheSettings,
  KeyStoreSettings,
  LogLevel,
  OpenAiApiSettings,
  RateLimitSettings,
  ServerSettings,
  Settings,
  QueueSettings,
  TracingSettings,
  WebhookSettings,
} from './settings.js';
export { shareOfSettings } from './share-of-settings.js';
export { SettingsError } from './settings-error.js';

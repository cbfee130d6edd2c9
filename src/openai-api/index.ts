export { OfflineEmbeddings, refused, type OfflineAnswer, type OfflineRequest } from './offline-embeddings.js';
export { OpenAiApiModule } from './openai-api.module.js';
export { openAiDialect } from './openai.dialect.js';
export { voyageErrors } from './voyage-errors.js';

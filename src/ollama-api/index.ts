export { OllamaApiModule } from './ollama-api.module.js';
export { ollamaErrors } from './ollama-errors.js';
export { ollamaDialect, ollamaPromptDialect } from './ollama.dialect.js';

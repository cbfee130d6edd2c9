export { OllamaApiModule } from './ollama-api.module.js';
export { ollamaErrors } from './ollama-errors.js';

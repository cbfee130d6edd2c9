export { CohereApiModule } from './cohere-api.module.js';
export { cohereErrors } from './cohere-errors.js';

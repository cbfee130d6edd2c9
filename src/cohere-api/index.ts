export { CohereApiModule } from './cohere-api.module.js';
export { cohereErrors } from './cohere-errors.js';
export { cohereDialect, cohereV1Dialect } from './cohere.dialect.js';

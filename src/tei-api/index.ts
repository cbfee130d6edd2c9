export { TeiApiModule } from './tei-api.module.js';
export { teiErrors } from './tei-errors.js';
export { teiDialect } from './tei.dialect.js';

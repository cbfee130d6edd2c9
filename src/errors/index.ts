export { type ErrorCode, type Fault, ServiceError } from './service-error.js';

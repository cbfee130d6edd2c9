export { type ErrorCode, type Fault, faulty, ServiceError } from './service-error.js';

export { type BodyClass, limitsOf, unknownFieldFault, validBody } from './body.pipe.js';
export type { AnswerHead } from './answer-head.js';
export { limitBody } from './body-limit.js';
export { messageOfAll, type Failure } from './failure.js';
export { codeOfStatus, isErrorCode } from './error-answers.js';
export { sendError } from './error.filter.js';
export { HttpMetrics } from './http.metrics.js';
export { HttpModule } from './http.module.js';
export { speakErrorDialects, type ErrorDialect } from './error-dialect.js';
export { isOpenAiPath, openAiErrorOf, openAiErrors } from './openai-errors.js';
export { openAiRateHeaders } from './openai-rate-headers.js';
export { arrivedAt, elapsedMs } from './request-clock.js';
export { requestIdOf } from './request-id.js';
export {
  ApiErrors,
  apiErrorsOf,
  ApiOpenAiErrors,
  COMMON_HEADERS,
  OPENAI_HEADERS,
  OPENAI_TOKEN_HEADERS,
  OpenAiErrorDetail,
  REQUEST_ID_HEADER,
} from './error.openapi.js';
export { BodyBudget } from './body/body-budget.js';
export { readJsonBodies } from './body/json-body.js';
export { BodyStream } from './body/body-stream.js';
export { notJson } from './body/body-errors.js';
export { JsonTokens, type JsonToken } from './body/json-tokens.js';
export { wholeNumberOf } from './whole-number-of.js';

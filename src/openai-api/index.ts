export { OpenAiApiModule } from './openai-api.module.js';
export { PlainOpenAiRequests } from './plain-openai-requests.js';

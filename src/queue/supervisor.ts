export { passOnOffers } from './runner/forwarded-job-queue.js';

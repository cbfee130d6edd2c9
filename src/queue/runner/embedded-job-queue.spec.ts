import { EmbeddedJobQueue } from './embedded-job-queue.js';
import { describeJobQueue } from './job-queue.contract.js';

describeJobQueue('EmbeddedJobQueue', () => Promise.resolve(new EmbeddedJobQueue()));

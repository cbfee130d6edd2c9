import type { Job } from '../job.js';
import { UnservedJobs } from './unserved-jobs.js';

const JOB: Job = {
  id: 'job_1',
  owner: '',
  account: '',
  kind: 'job',
  status: 'queued',
  model: 'large',
  space: 'one',
  outputType: 'float',
  ranges: undefined,
  total: 1,
  completed: 0,
  failed: 0,
  createdAt: 0,
  startedAt: undefined,
  finishedAt: undefined,
  error: undefined,
  webhookUrl: undefined,
};

function subject() {
  const served = new Set<string>();
  const reports: string[] = [];
  const time = { ms: 0 };
  const queue = { isServed: async (space: string): Promise<boolean> => await Promise.resolve(served.has(space)) };
  const jobs = new UnservedJobs({ queue, now: () => time.ms, report: (message) => reports.push(message) });
  return { served, reports, time, jobs };
}

describe('UnservedJobs', () => {
  it('reports once, after half a minute, that no worker has the model of a job, and names the oldest job', async () => {
    const { reports, time, jobs } = subject();
    const look = async (): Promise<void> => await jobs.look([JOB, { ...JOB, id: 'job_2' }]);
    await look();
    time.ms = 29_999;
    await look();
    expect(reports).toEqual([]);
    time.ms = 30_000;
    await look();
    time.ms = 90_000;
    await look();
    expect(reports).toEqual([
      'No worker has the model large in the space one. The job waits until one starts, or until JOB_TTL removes it. The oldest such job is job_1.',
    ]);
  });

  it('begins again when a worker with the model was there in between', async () => {
    const { served, reports, time, jobs } = subject();
    await jobs.look([JOB]);
    time.ms = 30_000;
    await jobs.look([JOB]);
    served.add('one');
    await jobs.look([JOB]);
    served.clear();
    await jobs.look([JOB]);
    time.ms = 50_000;
    await jobs.look([JOB]);
    expect(reports).toHaveLength(1);
    time.ms = 60_000;
    await jobs.look([JOB]);
    expect(reports).toHaveLength(2);
  });
});

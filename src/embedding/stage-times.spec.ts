import { StageTimes } from './stage-times.js';

describe('StageTimes', () => {
  it('keeps the time of the slowest text', () => {
    const stages = new StageTimes();
    for (const milliseconds of [2, 5, 3]) stages.atLeast('inference', milliseconds);
    expect(stages.inference).toBe(5);
  });

  it('names the stages that were entered, in the order of the work, as Server-Timing has them', () => {
    const stages = new StageTimes();
    stages.atLeast('serialize', 0.256);
    stages.atLeast('queue', 12);
    expect(stages.toServerTiming()).toBe('queue;dur=12.00, serialize;dur=0.26');
  });

  it('is empty for a call that entered no stage', () => {
    expect(new StageTimes().toServerTiming()).toBe('');
  });
});

import type { Machine, ModelPlan, PlanReason } from './inference-plan.js';
import { bytesForModels } from './process-bytes.js';

const REASONS: Readonly<Record<PlanReason, string>> = {
  set: 'as EMBEDDING_WORKERS says',
  small: 'one for each core, because the model is small',
  large: 'few with several threads, because the model is large',
  memory: 'because no more fit into the memory',
};

/** The plan for one model in a line: `2 processes of 1 thread one for each core, because ...; planned memory: 207 of 4,096 MiB`. */
export function planInWords({ threads, width, bytes, reason }: ModelPlan, { memoryBytes }: Machine): string {
  const alone = width > 1 ? `; a text that comes alone has ${width} threads` : '';
  return `${processesInWords(threads)}, ${REASONS[reason]}${alone}; planned memory: ${mib(bytes)} of ${mib(memoryBytes)} MiB`;
}

/** Why models do not fit, with the numbers. */
export function faultOfMemory(machine: Machine, models: readonly ModelPlan[]): string {
  const parts = models.map(({ name, threads, bytes }) => `${name} (${mib(bytes)} MiB for ${processesInWords(threads)})`);
  const total = models.reduce((sum, { bytes }) => sum + bytes, 0);
  const isSet = models.some(({ reason, threads }) => reason === 'set' && threads.length > 1);
  return (
    `The models do not fit into the memory of ${mib(machine.memoryBytes)} MiB: ${parts.join(', ')}; together ${mib(total)} MiB, ` +
    `and the process that serves HTTP leaves ${mib(bytesForModels(machine))} MiB. ` +
    `Give the service more memory, ${isSet ? 'set a lower EMBEDDING_WORKERS, ' : ''}set EMBEDDING_DTYPE=int8, or choose a smaller model`
  );
}

function processesInWords(threads: readonly number[]): string {
  const [most = 1] = threads;
  const least = threads.at(-1) ?? most;
  const each = most === least ? `${most}` : `${least} or ${most}`;
  return `${threads.length} ${threads.length === 1 ? 'process' : 'processes'} of ${each} ${each === '1' ? 'thread' : 'threads'}`;
}

function mib(bytes: number): string {
  return Math.round(bytes / 2 ** 20).toLocaleString('en');
}

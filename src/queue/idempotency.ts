import type { Idempotency, JobDetails } from './store/job-store.port.js';

interface Order {
  readonly kind: string;
  readonly idempotencyKey?: string | undefined;
}

/** The key of a submission with a hash of everything in it; a field with its default counts as left out, and so does the default model. */
export function idempotencyOf({ idempotencyKey, kind }: Order, details: JobDetails, hash: string): Idempotency | undefined {
  if (idempotencyKey === undefined) return undefined;
  const { model, webhookUrl = '', inputType, truncate, outputType, chunk } = details;
  const said = [
    model === undefined ? undefined : `model=${model}`,
    inputType,
    truncate === 'end' || truncate === undefined ? undefined : `truncate=${truncate}`,
    outputType === 'float' || outputType === undefined ? undefined : `output_dtype=${outputType}`,
    chunk === undefined ? undefined : `chunk=${chunk.tokens}/${chunk.overlap}`,
  ];
  return { key: idempotencyKey, bodyHash: [kind, hash, webhookUrl, ...said.filter((word) => word !== undefined)].join(' ') };
}

import { Link, parentLinkPort } from '../link/index.js';

/** Tells a process that this service's primary forked it. node:cluster's own variable does not: other process managers set it too. */
export const REPLICA_VARIABLE = 'EMBEDDING_PIPELINE_REPLICA';

/** The link of a replica to its primary; undefined in a process that is no replica. */
export function linkToPrimary(): Link | undefined {
  const isReplica = process.env[REPLICA_VARIABLE] !== undefined;
  delete process.env[REPLICA_VARIABLE]; // the processes that a replica starts are no replicas
  return isReplica && process.send !== undefined ? new Link(parentLinkPort()) : undefined;
}

export { linkToPrimary } from './link-to-primary.js';
export { ReplicaGroup } from './replica-group.js';
export { ReplicasModule } from './replicas.module.js';
export { runReplicas } from './run-replicas.js';
export { SETTINGS, SUMMARY } from './topics.js';

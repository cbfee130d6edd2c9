export { ipcChannel } from './ipc-channel.js';
export { ProcessLink } from './process-link.js';
export { ProcessLinkModule, SUPERVISOR_LINK } from './process-link.module.js';
export { totalOf, type ServiceTotal } from './service-total.js';
export { SUPERVISED_VARIABLE, supervisorLink } from './supervisor-link.js';
export type { Topic } from './topic.js';

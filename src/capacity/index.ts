export type { Demand } from './demand.js';
export { figureLine } from './figure.js';
export { planCapacity } from './plan-capacity.js';

export type { Demand } from './demand.js';
export { figureLine } from './figure.js';
export { MEASURED_COSTS, type MeasuredCosts } from './measured-costs.js';
export { planCapacity } from './plan-capacity.js';

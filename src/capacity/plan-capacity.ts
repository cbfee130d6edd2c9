import type { Demand } from './demand.js';
import { figuresOfProcesses } from './figures-of-processes.js';
import { figuresOfRedis } from './figures-of-redis.js';
import { figuresOfTraffic } from './figures-of-traffic.js';
import { MEASURED_COSTS, type MeasuredCosts } from './measured-costs.js';
import type { Figure } from './figure.js';

export type CapacityPlan = Readonly<Record<string, Figure>>;

/** What a demand needs. One HTTP process without a Redis is enough if it can do all; otherwise several share a Redis. */
export function planCapacity(demand: Demand, costs: MeasuredCosts = MEASURED_COSTS): CapacityPlan {
  const alone = figuresOfProcesses(demand, costs, { usesRedis: false });
  const fits = alone.instances.value === 1 && alone.httpProcesses.value === 1;
  const processes = fits ? alone : figuresOfProcesses(demand, costs, { usesRedis: true });
  return { ...processes, ...(fits ? {} : figuresOfRedis(demand, costs)), ...figuresOfTraffic(demand, costs) };
}

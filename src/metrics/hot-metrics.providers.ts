import type { FactoryProvider } from '@nestjs/common';
import { getToken } from '@willsoto/nestjs-prometheus';
import { register, type Metric } from 'prom-client';
import { HotCounter } from './hot-counter.js';
import { HotHistogram } from './hot-histogram.js';
import { HotRatio, type HotRatioOptions } from './hot-ratio.js';

// Metrics for what happens in every request. Their series are looked up once, before the first request; counting is then
// an addition, where prom-client checks and hashes the labels each time (20 us a request, a third of what a hit costs).

/** For `@InjectMetric(name)`, as makeCounterProvider of nestjs-prometheus. */
export function makeHotCounterProvider({ name, help }: { readonly name: string; readonly help: string }): FactoryProvider<HotCounter> {
  return { provide: getToken(name), useFactory: () => registered(new HotCounter(name, help)) };
}

/** For `@InjectMetric(name)`, as makeHistogramProvider of nestjs-prometheus. */
export function makeHotHistogramProvider(options: ConstructorParameters<typeof HotHistogram>[0]): FactoryProvider<HotHistogram> {
  return { provide: getToken(options.name), useFactory: () => registered(new HotHistogram(options)) };
}

/** For a part of the hot counter `of`. Nobody has to inject it: it is read at a scrape. */
export function makeHotRatioProvider({ of, ...options }: RatioOf): FactoryProvider<HotRatio> {
  const useFactory = (counter: HotCounter): HotRatio => registered(new HotRatio({ ...options, of: counter }));
  return { provide: getToken(options.name), inject: [getToken(of)], useFactory };
}

interface RatioOf extends Omit<HotRatioOptions, 'of'> {
  /** The counter's name. */
  readonly of: string;
}

/** prom-client's registry asks a metric for no more than its name and `get`. */
function registered<T extends HotCounter | HotHistogram | HotRatio>(metric: T): T {
  register.registerMetric(metric as unknown as Metric);
  return metric;
}

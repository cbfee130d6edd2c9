import { HIGHEST_LIMIT, SETTINGS, type Demand } from './demand.js';
import { shown, type Figure } from './figure.js';
import type { MeasuredCosts } from './measured-costs.js';
import { ratesOf } from './rates.js';

type Names = 'networkIn' | 'networkOut' | 'limitOfOneKey';

/** What callers send and get, and the limit that they need. */
export function figuresOfTraffic(demand: Demand, costs: MeasuredCosts): Readonly<Record<Names, Figure>> {
  return { networkIn: inFigure(demand, costs), networkOut: outFigure(demand, costs), limitOfOneKey: limitFigure(demand) };
}

function inFigure(demand: Demand, { charactersPerToken }: MeasuredCosts): Figure {
  const { texts } = ratesOf(demand);
  return {
    label: 'Network in',
    value: (texts * demand.tokens * charactersPerToken * 8) / 1e6,
    unit: 'Mbit/s',
    arithmetic: `${shown(texts)} texts/s x ${shown(demand.tokens)} tokens x ${charactersPerToken} bytes x 8`,
  };
}

function outFigure(demand: Demand, { jsonBytesPerNumber }: MeasuredCosts): Figure {
  const { texts } = ratesOf(demand);
  return {
    label: 'Network out',
    value: (texts * demand.dimensions * jsonBytesPerNumber * 8) / 1e6,
    unit: 'Mbit/s',
    arithmetic: `${shown(texts)} texts/s x ${shown(demand.dimensions)} numbers x ${jsonBytesPerNumber} bytes of JSON x 8; base64 takes half`,
  };
}

function limitFigure({ requests, keys }: Demand): Figure {
  const value = Math.ceil((requests * SETTINGS.windowSeconds) / keys);
  const advice = value < HIGHEST_LIMIT ? 'RATE_LIMIT_REQUESTS must be higher' : 'set a shorter RATE_LIMIT_WINDOW, or RATE_LIMIT_REQUESTS=0';
  return {
    label: 'Limit of one key',
    value,
    unit: 'requests',
    arithmetic: `${shown(requests)} requests/s x ${SETTINGS.windowSeconds} s / ${shown(keys)} keys: ${advice}`,
  };
}

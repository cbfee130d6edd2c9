/** @typedef {{ legend: string, times: number[], values: number[] }} Series */
/** @typedef {{ type: string, title: string, unit: string, threshold: number | undefined, max: number | undefined, series: Series[], gridPos: object }} DrawnPanel */
/** @typedef {{ error?: string, data: { result: { metric: Record<string, string>, values: [number, string][] }[] } }} RangeAnswer */

const RATE_INTERVAL = '10s';
const STEP_SECONDS = 2;

/**
 * The series of a panel, as Grafana would ask Prometheus for them with everything selected.
 *
 * @param {string} prometheus
 * @param {{ start: number, end: number }} range Seconds since 1970.
 * @param {ReturnType<typeof import('./dashboard.js').dashboard>['panels'][number]} panel
 * @returns {Promise<DrawnPanel>}
 */
export async function drawnPanel(prometheus, range, panel) {
  const { type, title, gridPos } = panel;
  if (!('targets' in panel)) return { type, title, unit: '', threshold: undefined, max: undefined, series: [], gridPos };
  const series = await Promise.all(panel.targets.map(async (target) => await seriesOf(prometheus, range, target)));
  const { defaults } = panel.fieldConfig;
  const unit = 'unit' in defaults ? defaults.unit : 's';
  const threshold = 'thresholds' in defaults ? defaults.thresholds.steps[1]?.value : undefined;
  const max = 'max' in defaults ? defaults.max : undefined;
  return { type, title, unit, threshold: threshold ?? undefined, max, series: series.flat(), gridPos };
}

/**
 * @param {string} prometheus
 * @param {{ start: number, end: number }} range
 * @param {{ expr: string, legendFormat: string }} target
 * @returns {Promise<Series[]>}
 */
async function seriesOf(prometheus, { start, end }, { expr, legendFormat }) {
  const query = expr.replaceAll('$__rate_interval', RATE_INTERVAL).replaceAll('$namespace', '.*').replaceAll('$instance', '.*');
  const parameters = new URLSearchParams({ query, start: `${start}`, end: `${end}`, step: `${STEP_SECONDS}` });
  const answer = await fetch(`${prometheus}/api/v1/query_range?${parameters.toString()}`);
  const { error, data } = /** @type {RangeAnswer} */ (await answer.json());
  if (error !== undefined) throw new Error(`${query}: ${error}`);
  return data.result.map(({ metric, values }) => ({
    legend: legendFormat.replaceAll(/{{(\w+)}}/g, (_, /** @type {string} */ label) => metric[label] ?? ''),
    times: values.map(([time]) => time),
    values: values.map(([, value]) => Number(value)),
  }));
}

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** @typedef {{ threshold: number, isFloor: boolean, runbook: string }} Alert `isFloor` = it fires below the threshold, else from it on. */
/** @typedef {{ groups: { rules: { alert: string, expr: string, annotations: { runbook: string } }[] }[] }} RuleFile */

const FILE = new URL('../../config/prometheus/alerts.yml', import.meta.url);

const { groups } = /** @type {RuleFile} */ (parse(readFileSync(FILE, 'utf8')));

/**
 * The first comparison of an alert, and its runbook. Alerts that compare with `== 0`, `== 1` or `> 0` judge counts and states, so
 * their threshold is 1.
 *
 * @param {string} name
 * @returns {Alert}
 */
export function alertNamed(name) {
  const rule = groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === name);
  const [, sign, threshold] = /(==|[<>]) ([\d.]+)/.exec(rule?.expr ?? '') ?? [];
  if (rule === undefined || threshold === undefined) throw new Error(`alerts.yml has no alert ${name} that compares with a number`);
  const isCount = sign === '==' || threshold === '0';
  return { threshold: isCount ? 1 : Number(threshold), isFloor: sign !== '>', runbook: rule.annotations.runbook };
}

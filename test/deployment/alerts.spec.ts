import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly annotations: { readonly runbook: string } }[];
  }[];
}

const alerts = (parse(read('config/prometheus/alerts.yml')) as RuleFile).groups.flatMap(({ rules }) => rules);

function read(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}

describe('the alerts', () => {
  it('are all tested', () => {
    const tests = read('config/prometheus/tests/alerts.test.yml');
    expect(alerts.map(({ alert }) => alert).filter((alert) => !tests.includes(`runbook: docs/operate.md#${alert.toLowerCase()}`))).toEqual(
      [],
    );
  });

  it.each(alerts)('$alert has a runbook', ({ alert, annotations: { runbook } }) => {
    const [path, section] = runbook.split('#');
    expect(section).toBe(alert.toLowerCase());
    expect(read(path ?? '')).toMatch(new RegExp(`^### ${alert}\\n\\n[^\\n]{100}`, 'm'));
  });
});

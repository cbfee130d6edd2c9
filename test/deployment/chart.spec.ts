import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { headingOf, RENDERED, renderedFile } from '../../scripts/chart/rendered.js';
import { SETTING_NAMES } from '../support/setting-names.js';
import { ROOT } from './manifests.js';

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

describe('the chart', () => {
  it('has the version of the package, and installs the image of that version', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(parse(read('config/helm/Chart.yaml'))).toMatchObject({ version, appVersion: version });
  });

  it.each(RENDERED)('was rendered into config/kubernetes/%s.yaml after its last change (npm run render:chart)', (name) => {
    expect(readFileSync(renderedFile(name), 'utf8').split('\n').slice(0, 2).join('\n')).toBe(headingOf(name));
  });

  it.each(['alerts.yml', 'recording.yml', 'dashboard.json'])('has %s from the place where Compose reads it', (file) => {
    const place = file === 'dashboard.json' ? 'config/grafana/dashboards/embedding-pipeline.json' : `config/prometheus/${file}`;
    expect(read(`config/helm/files/${file}`)).toBe(read(place));
  });

  it('refuses settings that it decides and secrets outside the Secret, and knows all of them', () => {
    const { properties } = JSON.parse(read('config/helm/values.schema.json')) as {
      properties: { settings: { propertyNames: { not: { enum: string[] } } } };
    };
    const refused = properties.settings.propertyNames.not.enum;
    expect(refused.filter((name) => !SETTING_NAMES.includes(name) && name !== 'HF_TOKEN')).toEqual([]);
    expect(refused).toEqual(expect.arrayContaining(['ADMIN_KEY', 'API_KEYS', 'OPENAI_API_KEY', 'WEBHOOK_SECRET', 'REDIS_URL']));
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOf } from '../machine.fake.js';
import { modelsSchema } from './model-fields.js';

const SCHEMA = join(__dirname, '../../../config/models.schema.json');

describe('config/models.schema.json', () => {
  it('is what the service reads', () => {
    expect(JSON.parse(readFileSync(SCHEMA, 'utf8'))).toEqual(modelsSchema());
  });

  it('has the fields of the files in the tests', () => {
    expect(faultsOf({ MODELS_FILE: './models.json', OTHER_KEY: 'k' })).toEqual([]);
  });
});

import { join } from 'node:path';
import { template } from './helm.js';
import { CHART } from './paths.js';

/** Values that have to be refused, and what the message has to name. */
const WRONG = [
  ['api.replicas=many', '/api/replicas'],
  ['api.replicas=0', '/api/replicas'],
  ['model.source=hubb', '/model/source'],
  ['model.source=hub', '/model/name'],
  ['model.source=volume,model.name=m', '/model/claim'],
  ['workers.replicas=3', 'workers'],
  ['settings.ADMIN_KEY=secret', 'ADMIN_KEY'],
  ['settings.EMBEDDING_MODEL=m', 'EMBEDDING_MODEL'],
  ['settings.batchSize=3', 'batchSize'],
  ['redis.mode=external', 'redis.url'],
  ['redis.url=redis://user:password@host:6379', '/redis/url'],
  ['redis.cidrs={everywhere}', '/redis/cidrs'],
  ['secrets.existingSecret=mine,secrets.values.ADMIN_KEY=k', '/secrets/values'],
  ['monitoring.interval=often', '/monitoring/interval'],
];

/** The wrong values that Helm takes, or refuses without their name. */
export function acceptedWrongValues() {
  return WRONG.flatMap(([assignment = '', name = '']) => {
    const message = refusalOf(assignment);
    return message.includes(name) ? [] : [`--set ${assignment}: ${message}`];
  });
}

/** @param {string} assignment */
function refusalOf(assignment) {
  try {
    template(join(CHART, 'ci/trial.yaml'), ['--set', assignment]);
    return 'is not refused';
  } catch (error) {
    return String(error);
  }
}

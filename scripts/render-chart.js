/** `npm run render:chart`: writes config/kubernetes from the chart in config/helm. It needs Helm, which it installs with Go. */
import { writeFileSync } from 'node:fs';
import { renderedText } from './chart/render.js';
import { RENDERED, renderedFile } from './chart/rendered.js';

for (const name of RENDERED) {
  writeFileSync(renderedFile(name), renderedText(name));
  console.log(`config/kubernetes/${name}.yaml`);
}

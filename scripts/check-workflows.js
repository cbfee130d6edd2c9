/** `npm run check:workflows`: lints the workflows of GitHub with actionlint, which Go builds. */
import { succeeds } from './succeeds.js';
import { goProgram } from './go-program.js';

if (!succeeds(goProgram('github.com/rhysd/actionlint/cmd/actionlint', 'v1.7.12'), [])) process.exitCode = 1;

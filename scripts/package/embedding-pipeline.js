#!/usr/bin/env node
/** The command of the published package. Its program and the packages that it needs lie in app/. */
import { completeInstall } from './complete-install.js';

completeInstall(); // if the scripts of packages were not allowed to run
await import(new URL('app/dist/cli.js', import.meta.url).href);

import { wireCache } from './cache-admin.js';
import { wireJob } from './job-view.js';
import { startLive } from './live.js';
import { wireTabs } from './tabs.js';
import { wireTryIt } from './try-it.js';
import { wireUpload } from './upload.js';

wireTabs(document.querySelectorAll('[role=tab]'));
wireTryIt();
wireUpload();
wireJob();
wireCache();
startLive();

import { wireCache } from './cache-admin.js';
import { startLive } from './live.js';
import { wireTabs } from './tabs.js';
import { wireTryIt } from './try-it.js';

wireTabs(document.querySelectorAll('[role=tab]'));
wireTryIt();
wireCache();
startLive();

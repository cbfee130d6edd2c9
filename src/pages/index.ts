export { noticePage } from './notice-page.js';
export { PagesModule } from './pages.module.js';
export { serveAssets } from './serve-assets.js';
export { serveDocumentation } from './documentation.js';
export { protectPages } from './protect-pages.js';

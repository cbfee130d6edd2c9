export { PagesModule } from './pages.module.js';
export { serveAssets } from './serve-assets.js';

export { BatchesModule } from './batches.module.js';
export { acceptUploads } from './files/accept-uploads.js';

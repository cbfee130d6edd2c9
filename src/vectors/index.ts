export { float32Json } from './float32-json.js';
export { NPY_HEADER_BYTES, npyHeader } from './npy.js';

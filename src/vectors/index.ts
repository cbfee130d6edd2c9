export { float32Json } from './float32-json.js';

import 'reflect-metadata';
export { serve } from './serve.js';
export { stopOnSignals } from './shutdown.js';

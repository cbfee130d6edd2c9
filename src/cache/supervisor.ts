export { passOnForgetting } from './sibling-memories.js';

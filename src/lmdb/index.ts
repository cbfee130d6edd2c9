export { FOLDER_ADVICE, openLmdb } from './open-lmdb.js';

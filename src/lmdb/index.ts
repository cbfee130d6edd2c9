export { reportMessages } from './lmdb-messages.js';
export { FOLDER_ADVICE, openLmdb } from './open-lmdb.js';
export { makePrivateFolderOfFiles, PRIVATE_FILE_MODE } from './private-folder.js';

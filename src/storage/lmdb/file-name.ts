/** The files of a store's directory. */
export const formatFile = 'storage.json';
export const dataFile = 'data.mdb';
export const readersFile = 'lock.mdb';
export const processLockFile = 'process-lock.mdb';

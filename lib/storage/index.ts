/** Storage: objects on MinIO or in a directory, written whole or not at all. */
export { type Connection, type Credentials, connect } from './connection.ts';
export { type DirectoryOptions, uploadDirectory } from './directory-output.ts';
export { createDirectoryStore } from './directory-store.ts';
export { type Manifest, manifestKey, readManifest } from './manifest.ts';
export { createMinioStore, type MinioStore, type MinioStoreOptions } from './minio-store.ts';
export { ensureNotifications, mcCommand } from './notifications.ts';
export { minimalPrefixes } from './prefixes.ts';
export { defaultSettings, type StorageSettings } from './settings.ts';
export { createStoreCache, type StoreCache, type StoreCacheOptions } from './store-cache.ts';
export type * from './types.ts';
export type { OnLeftover } from './upload.ts';

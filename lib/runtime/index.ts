/** What turns a handler into a served function. */
export { type AppOptions, createApp, createHttpApp, type Readiness, type RequestHandler } from './app.ts';
export { commonSettings, onceSettings, publishSettings, signingSettings, transformSettings } from './common-settings.ts';
export { type CredentialsOf, credentialsFrom } from './credentials.ts';
export { type KnativeFunction, knativeFunction } from './knative-function.ts';
export { createLifecycle } from './lifecycle.ts';
export { createLog, type LogOptions, readableLine } from './log.ts';
export { runFunction } from './run-function.ts';
export { runOnce } from './run-once.ts';
export { type Served, type ServeOptions, serve } from './server.ts';
export * as setting from './setting-kinds.ts';
export { readSettings, type Setting, type Settings, type SettingsSpec, settingsFault } from './settings.ts';
export { settingsPage } from './settings-docs.ts';
export { startTelemetry } from './start-telemetry.ts';
export { type Delivered, processing, serving } from './telemetry.ts';
export { telemetrySettings } from './telemetry-settings.ts';
export type * from './types.ts';

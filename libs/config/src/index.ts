/**
 * The configuration: the environment of the process and the config file, read, checked and with every default filled
 * in. What is wrong comes as one ConfigError that lists every problem with its place and what would be right. The only
 * lib that reads `process.env`.
 */
export { environment, type Environment, loadEnvironment, type LogLevel, variables } from './environment.js';
export { type DaemonFile, readDaemonFile, removeDaemonFile, writeDaemonFile } from './daemon-file.js';
export { configJsonSchema } from './json-schema.js';
export { loadConfig, type LoadOptions } from './load-config.js';
export type { Variables } from './secrets.js';
export type { AccountConfig, ConnectionConfig, Schedule, SyncConfig } from './sync-config.js';

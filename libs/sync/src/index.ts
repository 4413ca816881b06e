/**
 * The engine: one run from its request to its end, for whatever connector it is handed. It reads records into rows,
 * delivers them to CloudTalk in batches, finds out what became of lost answers, and reports every outcome.
 */
export type { ConnectionCheck } from './check-connection.js';
export { Engine, type EngineOptions } from './engine.js';
export { checkRecord, type CheckedRecord } from './intake/check-record.js';
export { mappingOf } from './intake/run-mapping.js';
export { type FailedRowView, LocalOperator, type Operator, type RowView, type RunView } from './operator.js';
export { RETRY_REFUSED } from './retry/refusals.js';
export type { Schedule, ScheduledConnection } from './schedule/schedules.js';
export type { RunSettings } from './settings.js';
export type { Log, SyncAccount, SyncConnection } from './world.js';

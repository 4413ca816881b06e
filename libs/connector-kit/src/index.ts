/**
 * The contract between the engine and a kind of source: what a connector gives (records, with ids, cursors and
 * origins), what it takes back (outcomes), and the errors it may throw. The contract test suite is a door of its own:
 * `@cloudtalk-sync/connector-kit/contract`.
 */
export type {
  ClaimedFile,
  Clock,
  Connector,
  DropSource,
  FinishedRun,
  InputDescription,
  LookedAtFile,
  PassSource,
  RecordStream,
  Reporter,
  ReportResult,
  Session,
  SessionContext,
  WaitingFile,
} from './connector.js';
export { OUTCOMES, type Outcome, type OutcomeKind, type RunEnd, type RunSummary } from './outcome.js';
export type { Cursor, Damage, Fields, FieldValue, Origin, SourceRecord } from './record.js';
export { systemClock } from './system-clock.js';

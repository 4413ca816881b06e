/**
 * The contract between the engine and a kind of source: what a connector gives (records, with ids, cursors and
 * origins), what it takes back (outcomes), and the errors it may throw; also how
 * durations, sizes, shares and addresses are written in the options of a connector. The contract test suite is a door of its own:
 * `@cloudtalk-sync/connector-kit/contract`.
 */
export { MOST_ASKED } from './connector.js';
export type {
  ChangeReporter,
  ClaimedFile,
  Clock,
  Connector,
  DropSource,
  Finding,
  FinishedRun,
  InputDescription,
  LookedAtFile,
  PassSource,
  RecordStream,
  ReportResult,
  RowReporter,
  Session,
  SessionContext,
  WaitingFile,
  WriteAnswer,
} from './connector.js';
export {
  type Outcome,
  type OutcomeKind,
  OUTCOMES,
  type RecordOutcome,
  REPORT_PARTS,
  type ReportPart,
  type RunEnd,
  type RunSummary,
} from './outcome.js';
export type { Cursor, Damage, Fields, FieldValue, Gone, Origin, SourceRecord } from './record.js';
export { isLoopback, isSafeUrl } from './safe-url.js';
export { cursorOf, type Start } from './start.js';
export { systemClock } from './system-clock.js';
export { count, duration, parseDuration, share, size } from './units.js';

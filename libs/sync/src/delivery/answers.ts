import { type BulkResult, type CommandAnswer, issuesFromRejection } from '@cloudtalk-sync/cloudtalk';
import type { CommandChange } from '@cloudtalk-sync/store';
import { describeIssue } from '@cloudtalk-sync/validation';
import type { PlannedCommand } from './batch-composer.js';
import { WAS_LOST } from './plan-gone.js';
import type { Settlement, Verdict } from './settle.js';

/** What a bulk answer means for the rows and commands of its batch. */
export interface Reading {
  readonly settlements: readonly Settlement[];
  readonly commands: readonly CommandChange[];
}

/** What was known before an answer came. */
export interface KnownBefore {
  /**
   * Contacts that existed: an add that is answered with one of them, or with the same as one before it in its batch, was
   * merged by CloudTalk, which makes it an update.
   */
  readonly contacts: ReadonlySet<number>;
  /** Commands whose row was looked for already, since CloudTalk had lost its contact. */
  readonly lost: ReadonlySet<string>;
}

/** Reads an answer, command by command. What got no answer is in doubt and looked up at `lookUpAt`. */
export function readAnswer(
  batch: readonly PlannedCommand[],
  result: BulkResult,
  known: KnownBefore,
  lookUpAt: Date,
): Reading {
  const contacts = new Set(known.contacts);
  const readings = batch.map((planned) => {
    const verdict = verdictOf(planned, result, batch.length, { ...known, contacts });
    if ('contactId' in verdict) contacts.add(verdict.contactId);
    return { planned, verdict, answer: answerOf(planned, result) };
  });
  return {
    settlements: readings.map(({ planned, verdict }) => ({
      run: planned.candidate.run,
      row: { ...planned.candidate.row, state: 'sending' },
      verdict,
    })),
    commands: readings.map(({ planned, verdict, answer }) => ({
      id: planned.command.command_id,
      answer,
      ...(verdict.to === 'in doubt' ? { state: 'in doubt', lookUpAt } : { state: 'done' }),
    })),
  };
}

/** Nothing of the batch was carried out: its rows are ready as before. */
export function readNothingDone(batch: readonly PlannedCommand[], reason: string): Reading {
  return {
    settlements: batch.map(({ candidate }) => ({
      run: candidate.run,
      row: { ...candidate.row, state: 'sending' },
      verdict: { to: 'ready' },
    })),
    commands: batch.map(({ command }) => ({
      id: command.command_id,
      state: 'done',
      answer: { kind: 'nothing done', reason },
    })),
  };
}

function answerOf(planned: PlannedCommand, result: BulkResult): unknown {
  return result.kind === 'answered' ? (result.answers.get(planned.command.command_id) ?? { kind: 'missing' }) : result;
}

function verdictOf(planned: PlannedCommand, result: BulkResult, size: number, known: KnownBefore): Verdict {
  const smaller = Math.max(1, Math.floor(size / 2));
  if (result.kind === 'in doubt') return { to: 'in doubt', batchLimit: smaller };
  if (result.kind === 'rejected') {
    if (size > 1) return { to: 'ready', batchLimit: smaller };
    return { to: 'failed', issues: issuesFromRejection(result.message, result.fields, planned.candidate.contact) };
  }
  const answer = result.answers.get(planned.command.command_id);
  return answer === undefined
    ? { to: 'in doubt', batchLimit: smaller }
    : commandVerdict(planned, answer, smaller, known);
}

function commandVerdict(
  { candidate, command }: PlannedCommand,
  answer: CommandAnswer,
  smaller: number,
  known: KnownBefore,
): Verdict {
  switch (answer.kind) {
    case 'added':
      if (known.contacts.has(answer.contactId)) return mergedByCloudTalk(answer.contactId);
      return { to: 'created', contactId: answer.contactId };
    case 'edited':
      return { to: 'updated', contactId: editedContact(command) };
    case 'deleted':
      return { to: 'removed', deleted: editedContact(command) };
    case 'not found':
      if (command.action === 'delete_contact') return { to: 'removed', deleted: command.data.id, reason: WAS_LOST };
      if (known.lost.has(command.command_id)) return LOST_AGAIN;
      return { to: 'ready', searchFirst: true, forget: editedContact(command) };
    case 'rejected':
      return { to: 'failed', issues: issuesFromRejection(answer.message, answer.fields, candidate.contact) };
    case 'throttled':
      return { to: 'ready' };
    case 'in doubt':
      return { to: 'in doubt', batchLimit: smaller };
  }
}

/** Nothing that the record could be blamed for: it is sent again when it comes again. */
const LOST_AGAIN: Verdict = {
  to: 'failed',
  issues: [
    {
      ...describeIssue('invalid_value', 'row', '', {}),
      message:
        'CloudTalk lost the contact of this row twice while the row was sent: it was deleted, or merged into another.',
      fix: "Nothing is wrong with the row: try it again with 'retry', or let the record come again.",
    },
  ],
  isPassing: true,
};

function mergedByCloudTalk(contactId: number): Verdict {
  const reason = `CloudTalk merged it into contact ${contactId}, which it had already, as the account's setting says.`;
  return { to: 'updated', contactId, reason };
}

function editedContact(command: PlannedCommand['command']): number {
  if (command.action !== 'add_contact') return command.data.id;
  throw new Error(`Command ${command.command_id} was an add, and is not answered as one.`);
}

import type { BulkResult, CommandAnswer } from '@cloudtalk-sync/cloudtalk';
import type { RowEntity, RunEntity } from '@cloudtalk-sync/store';
import { validateContact, type ValidContact } from '@cloudtalk-sync/validation';
import { describe, expect, it } from 'vitest';
import { type KnownBefore, readAnswer, readNothingDone } from './answers.js';
import type { PlannedCommand } from './batch-composer.js';
import type { Verdict } from './settle.js';

const LOOK_UP_AT = new Date('2026-11-22T02:01:00Z');
const NONE: KnownBefore = { contacts: new Set(), lost: new Set() };

function planned(number: number, edits?: number): PlannedCommand {
  const run = { id: 'run', connectionId: 'drop' } as RunEntity;
  const row = { runId: 'run', number, state: 'ready' } as RowEntity;
  const command_id = `run.${number}.1`;
  return {
    candidate: {
      run,
      row,
      contact: CONTACT,
      link: undefined,
      refused: undefined,
      contactId: edits,
      match: undefined,
      searchFirst: false,
      former: [],
      folded: [],
      handedDown: undefined,
      claims: [],
      isHeld: false,
    },
    claims: [],
    attempt: 1,
    command:
      edits === undefined
        ? { action: 'add_contact', command_id, data: { name: 'Ann' } }
        : { action: 'edit_contact', command_id, data: { id: edits, name: 'Ann' } },
  };
}

const CONTACT = ((): ValidContact => {
  const mapped = { single: { name: 'Ann' }, lists: { email: ['a@example.com'] }, attributes: {} };
  const result = validateContact(mapped, { defaultCountry: 'SK', unknownColumns: 'fail' });
  if (!result.ok) throw new Error('The contact of these tests is not valid.');
  return result.contact;
})();

function answered(...answers: readonly (readonly [string, CommandAnswer])[]): BulkResult {
  return { kind: 'answered', answers: new Map(answers) };
}

function verdict(command: PlannedCommand, answer: CommandAnswer, known = NONE): Verdict | undefined {
  const result = answered([command.command.command_id, answer]);
  return readAnswer([command], result, known, LOOK_UP_AT).settlements[0]?.verdict;
}

describe('an answer to one command', () => {
  it('added: a new contact, unless its id was known before: then CloudTalk merged it', () => {
    expect(verdict(planned(1), { kind: 'added', contactId: 9 })).toEqual({ to: 'created', contactId: 9 });
    expect(verdict(planned(1), { kind: 'added', contactId: 9 }, { ...NONE, contacts: new Set([9]) })).toMatchObject({
      to: 'updated',
      contactId: 9,
      reason: expect.stringContaining('merged it into contact 9') as string,
    });
  });

  it('added: an update where one before it in the batch was answered with the same contact', () => {
    const batch = [planned(1), planned(2)];
    const result = answered(['run.1.1', { kind: 'added', contactId: 9 }], ['run.2.1', { kind: 'added', contactId: 9 }]);
    const verdicts = readAnswer(batch, result, NONE, LOOK_UP_AT).settlements.map((settlement) => settlement.verdict.to);
    expect(verdicts).toEqual(['created', 'updated']);
  });

  it('edited: the contact that was named', () => {
    expect(verdict(planned(1, 5), { kind: 'edited' })).toEqual({ to: 'updated', contactId: 5 });
  });

  it('not found: the contact is forgotten and looked for, once', () => {
    const gone: CommandAnswer = { kind: 'not found', message: 'Contact not found.' };
    expect(verdict(planned(1, 5), gone)).toEqual({ to: 'ready', searchFirst: true, forget: 5 });
    const again = verdict(planned(1, 5), gone, { ...NONE, lost: new Set(['run.1.1']) });
    expect(again).toMatchObject({ to: 'failed', issues: [{ field: 'row' }], isPassing: true });
  });

  it('rejected: failed with CloudTalk’s words', () => {
    const rejected: CommandAnswer = { kind: 'rejected', status: 406, message: 'Invalid.', fields: { name: ['No.'] } };
    expect(verdict(planned(1), rejected)).toMatchObject({
      to: 'failed',
      issues: [{ field: 'name', message: 'CloudTalk refused name "Ann": No.' }],
    });
  });

  it('throttled: ready as before, never a failure', () => {
    expect(verdict(planned(1), { kind: 'throttled' })).toEqual({ to: 'ready' });
  });

  it('in doubt: looked up at the given time', () => {
    const command = planned(1);
    const result = answered([command.command.command_id, { kind: 'in doubt', message: '500' }]);
    const reading = readAnswer([command], result, NONE, LOOK_UP_AT);
    expect(reading.settlements).toMatchObject([
      { row: { state: 'sending' }, verdict: { to: 'in doubt', batchLimit: 1 } },
    ]);
    expect(reading.commands).toMatchObject([{ id: 'run.1.1', state: 'in doubt', lookUpAt: LOOK_UP_AT }]);
  });
});

describe('an answer to a whole batch', () => {
  const batch = [planned(1), planned(2, 5), planned(3)];

  it('is matched by command id, never by position; what is missing is in doubt', () => {
    const result = answered(
      ['run.3.1', { kind: 'added', contactId: 33 }],
      ['run.1.1', { kind: 'added', contactId: 11 }],
    );
    const { settlements, commands } = readAnswer(batch, result, NONE, LOOK_UP_AT);
    expect(settlements.map((settlement) => settlement.verdict)).toEqual([
      { to: 'created', contactId: 11 },
      { to: 'in doubt', batchLimit: 1 },
      { to: 'created', contactId: 33 },
    ]);
    expect(commands.map((command) => command.state)).toEqual(['done', 'in doubt', 'done']);
  });

  it('lost: every row is in doubt', () => {
    const { settlements } = readAnswer(batch, { kind: 'in doubt', message: 'lost' }, NONE, LOOK_UP_AT);
    expect(settlements.map((settlement) => settlement.verdict.to)).toEqual(['in doubt', 'in doubt', 'in doubt']);
  });

  it('refused as a whole: halved until the guilty row stands alone, and only that one fails', () => {
    const refusal: BulkResult = { kind: 'rejected', status: 406, message: 'Invalid.', fields: {} };
    const ten = Array.from({ length: 10 }, (_, index) => planned(index + 1));
    expect(readAnswer(ten, refusal, NONE, LOOK_UP_AT).settlements[9]?.verdict).toEqual({ to: 'ready', batchLimit: 5 });
    expect(readAnswer(batch, refusal, NONE, LOOK_UP_AT).settlements[0]?.verdict).toEqual({
      to: 'ready',
      batchLimit: 1,
    });
    expect(readAnswer([planned(1)], refusal, NONE, LOOK_UP_AT).settlements[0]?.verdict).toMatchObject({ to: 'failed' });
  });

  it('proven not carried out: every row is ready as before, and no command is in doubt', () => {
    const { settlements, commands } = readNothingDone(batch, 'key refused');
    expect(settlements.map((settlement) => settlement.verdict)).toEqual([
      { to: 'ready' },
      { to: 'ready' },
      { to: 'ready' },
    ]);
    expect(commands.map((command) => command.state)).toEqual(['done', 'done', 'done']);
  });
});

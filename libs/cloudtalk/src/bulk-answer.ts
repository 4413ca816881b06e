import { isDeepStrictEqual } from 'node:util';
import type { BulkResult, Command, CommandAnswer } from './command.js';
import { dataArray, type Envelope, openEnvelope, rejectedFields } from './envelope.js';
import { throwRefusal, unreachable } from './refusal.js';
import type { Exchange } from './transport.js';
import { isObject, type WireObject, wireId, wireNumber, wireText } from './wire.js';

/** Says what a bulk request did; throws only for what proves that nothing was done and concerns the whole account. */
export function readBulkAnswer(exchange: Exchange, commands: readonly Command[], address: string): BulkResult {
  if (exchange.kind === 'never opened') throw unreachable(exchange.message, address);
  if (exchange.kind === 'lost') return inDoubt(`CloudTalk's answer was lost: ${exchange.message}.`);
  const envelope = openEnvelope(exchange.httpStatus, exchange.json);
  throwRefusal(envelope.status, exchange, address);
  if (envelope.status === 406 || envelope.status === 413) return rejectedOrPartly(envelope, commands);
  if (envelope.status < 200 || envelope.status > 299) {
    return inDoubt(`CloudTalk answered ${envelope.status}${envelope.message === '' ? '' : `: ${envelope.message}`}`);
  }
  if (exchange.json === undefined)
    return inDoubt(`CloudTalk answered ${envelope.status} with a body that is not JSON.`);
  const data = dataArray(envelope.content);
  if (data === undefined)
    return inDoubt(`CloudTalk answered ${envelope.status} without saying what became of the commands.`);
  return { kind: 'answered', answers: answersOf(data, commands) };
}

function inDoubt(message: string): BulkResult {
  return { kind: 'in doubt', message };
}

/** A 406 that tells the commands apart is read command by command: some of them may have been carried out. */
function rejectedOrPartly(envelope: Envelope, commands: readonly Command[]): BulkResult {
  const data = isObject(envelope.content) ? envelope.content['data'] : undefined;
  const answers = Array.isArray(data) ? answersOf(data, commands) : undefined;
  if (answers !== undefined && answers.size > 0) return { kind: 'answered', answers };
  const message =
    envelope.message === '' ? `CloudTalk refused the whole request (${envelope.status}).` : envelope.message;
  return { kind: 'rejected', status: envelope.status, message, fields: rejectedFields(data) };
}

function answersOf(data: readonly unknown[], commands: readonly Command[]): ReadonlyMap<string, CommandAnswer> {
  const sent = new Map(commands.map((command) => [command.command_id, command]));
  const answers = new Map<string, CommandAnswer>();
  for (const item of data) {
    const id = isObject(item) ? wireText(item['command_id']) : '';
    const command = sent.get(id);
    if (!isObject(item) || command === undefined) continue;
    const answer = commandAnswer(command, item);
    const earlier = answers.get(id);
    const agrees = earlier === undefined || isDeepStrictEqual(earlier, answer);
    answers.set(id, agrees ? answer : doubtful('CloudTalk answered this command twice, and differently.'));
  }
  return answers;
}

function commandAnswer(command: Command, item: WireObject): CommandAnswer {
  const status = wireNumber(item['status']);
  const message = wireText(item['message']);
  if (status === undefined) return doubtful('CloudTalk named this command without a status.');
  if (status >= 200 && status <= 299) return done(command, item);
  if (status === 404 && command.action !== 'add_contact')
    return { kind: 'not found', message: message || 'Not found.' };
  if (status === 429) return { kind: 'throttled' };
  if (status >= 400 && status <= 499 && status !== 408) {
    return {
      kind: 'rejected',
      status,
      message: message || `Refused (${status}).`,
      fields: rejectedFields(item['data']),
    };
  }
  return doubtful(`CloudTalk answered this command with ${status}${message === '' ? '.' : `: ${message}`}`);
}

function done(command: Command, item: WireObject): CommandAnswer {
  if (command.action === 'edit_contact') return { kind: 'edited' };
  if (command.action === 'delete_contact') return { kind: 'deleted' };
  const contactId = wireId(isObject(item['data']) ? item['data']['id'] : undefined);
  if (contactId !== undefined) return { kind: 'added', contactId };
  return doubtful('CloudTalk said that the contact was added, without a usable id.');
}

function doubtful(message: string): CommandAnswer {
  return { kind: 'in doubt', message };
}

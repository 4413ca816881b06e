import type { Account, ActionAnswer } from './account.js';
import { actionAnswer, enveloped, type HttpAnswer } from './shapes.js';

/** CloudTalk refuses more than ten actions in one bulk request (API reference 1.7, `maxItems`). */
const MOST_COMMANDS = 10;

interface WireCommand {
  readonly action: string;
  readonly command_id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One command of the request that fares differently from what it should. */
export interface SpecialCommand {
  /** Counted from 0; taken modulo the number of commands. */
  readonly index: number;
  /** Whether it is carried out nevertheless. */
  readonly applied: boolean;
  /** What is said about it; undefined leaves its command_id out of the answer. */
  readonly answer: ActionAnswer | undefined;
}

/** Carries out a bulk request and answers it. */
export function answerBulk(account: Account, body: unknown, special?: SpecialCommand): HttpAnswer {
  const commands = commandsOf(body);
  if (commands === undefined) return actionAnswer({ status: 406, message: 'Invalid input data.' });
  const index = special === undefined || commands.length === 0 ? -1 : special.index % commands.length;
  const answers = commands.flatMap((command, position) => {
    if (position !== index) return [{ command_id: command.command_id, ...carryOut(account, command) }];
    if (special?.applied === true) carryOut(account, command);
    return special?.answer === undefined ? [] : [{ command_id: command.command_id, ...special.answer }];
  });
  return enveloped(200, { status: 200, data: answers });
}

/** Carries out only the first of the commands. */
export function applyFirst(account: Account, body: unknown, count: number): void {
  for (const command of (commandsOf(body) ?? []).slice(0, count)) carryOut(account, command);
}

/** How many commands the body of a bulk request holds; 0 when it is none. */
export function countCommands(body: unknown): number {
  return Array.isArray(body) ? body.length : 0;
}

/** Undefined when CloudTalk would refuse the whole request. */
function commandsOf(body: unknown): readonly WireCommand[] | undefined {
  if (!Array.isArray(body) || body.length === 0 || body.length > MOST_COMMANDS) return undefined;
  return body.every(isCommand) ? body : undefined;
}

function isCommand(value: unknown): value is WireCommand {
  if (typeof value !== 'object' || value === null) return false;
  const { action, command_id, data } = value as Readonly<Record<string, unknown>>;
  return typeof action === 'string' && typeof command_id === 'string' && typeof data === 'object' && data !== null;
}

function carryOut(account: Account, { action, data }: WireCommand): ActionAnswer {
  const id = Number(data['id']);
  if (action === 'add_contact') return account.add(data);
  if (action === 'edit_contact') return account.edit(id, data);
  if (action === 'delete_contact') return account.delete(id);
  return { status: 406, message: 'Invalid input data.', data: { action: ['Unknown action.'] } };
}

import type { DaemonFile } from '@cloudtalk-sync/config';
import { ConfigError, FatalError, RetryableError } from '@cloudtalk-sync/errors';
import type { Causes } from '@cloudtalk-sync/store';
import type { ConnectionCheck, FailedRowView, Operator, RowView, RunView } from '@cloudtalk-sync/sync';
import { z } from 'zod';

/** A pass takes a second look at young files after 2 s; a slow disk may need longer. Milliseconds. */
const DEADLINE = 60_000;
/** A check asks CloudTalk and a CRM many things, each with a deadline of its own. Milliseconds. */
const CHECK_DEADLINE = 300_000;
/** How long a live daemon may take to say so, in milliseconds. */
const PING_DEADLINE = 5_000;

/** True when the daemon of that file lives and knows its token. */
export async function isAnswering(daemon: DaemonFile): Promise<boolean> {
  try {
    const answer = await fetch(`${daemon.address}/api/runs?limit=1`, request(daemon, PING_DEADLINE));
    return answer.ok;
  } catch {
    return false;
  }
}

/** The operator of a daemon on this machine. */
export function remoteOperator(daemon: DaemonFile): Operator {
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${daemon.address}/api/${path}`, request(daemon, DEADLINE)).catch(lost);
    if (answer.status === 404) return undefined;
    return read(answer);
  };
  const post = async (path: string, body: object, deadline = DEADLINE): Promise<unknown> => {
    const options = { ...request(daemon, deadline), method: 'POST', body: JSON.stringify(body) };
    return read(await fetch(`${daemon.address}/api/${path}`, options).catch(lost));
  };
  const ask = async (path: string, body: object): Promise<readonly string[]> =>
    requestedSchema.parse(await post(path, body)).runs;
  return {
    pass: (connection) => ask('passes', { connection }),
    preview: (connection, path) => ask('previews', { connection, path }),
    retry: async (id, code) => {
      const [retry = ''] = await ask(`runs/${encodeURIComponent(id)}/retries`, { code });
      return retry;
    },
    check: async (connection) => (await post('checks', { connection }, CHECK_DEADLINE)) as ConnectionCheck,
    setup: async (connection) => madeSchema.parse(await post('setups', { connection }, CHECK_DEADLINE)).made,
    runs: async ({ limit, connection }) => {
      const filter = connection === undefined ? '' : `&connection=${encodeURIComponent(connection)}`;
      return (await get(`runs?limit=${limit}${filter}`)) as readonly RunView[];
    },
    run: async (id) => (await get(`runs/${encodeURIComponent(id)}`)) as RunView | undefined,
    rows: async (id, limit) =>
      ((await get(`runs/${encodeURIComponent(id)}/rows?limit=${limit}`)) ?? []) as readonly RowView[],
    failedRows: async (id, limit) =>
      ((await get(`runs/${encodeURIComponent(id)}/failed-rows?limit=${limit}`)) ?? []) as readonly FailedRowView[],
    causes: async (id) =>
      ((await get(`runs/${encodeURIComponent(id)}/causes`)) ?? { top: [], others: [], skipped: [] }) as Causes,
  };
}

const requestedSchema = z.object({ runs: z.array(z.string()) });
const madeSchema = z.object({ made: z.array(z.string()) });
const problemSchema = z.object({
  problems: z.array(z.object({ file: z.string(), path: z.string(), message: z.string(), expected: z.string() })),
});
const reasonSchema = z.object({ code: z.string(), message: z.string(), fix: z.string() });

function request(daemon: DaemonFile, deadline: number): RequestInit {
  return {
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(deadline),
  };
}

async function read(answer: Response): Promise<unknown> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return body;
  const config = problemSchema.safeParse(body);
  if (config.success) throw new ConfigError(config.data.problems);
  const reason = reasonSchema.safeParse(body);
  throw new FatalError(
    reason.success
      ? reason.data
      : { code: 'daemon_refused', message: `The daemon answered ${answer.status}.`, fix: 'Look into its log.' },
  );
}

function lost(cause: unknown): never {
  throw new RetryableError(
    { code: 'daemon_lost', message: 'The daemon did not answer.', fix: 'Look whether it still runs, and ask again.' },
    { cause },
  );
}

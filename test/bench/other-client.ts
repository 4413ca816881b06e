import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudTalkSandbox } from '../../apps/sandbox/src/index.js';

const HEADERS = {
  authorization: `Basic ${Buffer.from('sandbox-key:sandbox-secret').toString('base64')}`,
  'user-agent': 'other-client',
};
/** Requests made together. */
const TOGETHER = 10;

/** Another tool of the company: makes requests until CloudTalk takes no more; returns when the window then ends. */
export async function eatWindow({ url }: CloudTalkSandbox): Promise<Date> {
  for (;;) {
    const asked = Array.from({ length: TOGETHER }, () => fetch(`${url}/tags/index.json`, { headers: HEADERS }));
    for (const answer of await Promise.all(asked)) {
      await answer.arrayBuffer();
      if (answer.status === 429) return new Date(Number(answer.headers.get('x-cloudtalkapi-resettime')) * 1000);
    }
  }
}

/** Until the account has seen that many more operations. */
export async function untilMore({ operations }: CloudTalkSandbox, count: number): Promise<void> {
  const enough = operations.length + count;
  while (operations.length < enough) await sleep(1);
}

export async function untilTime(time: Date): Promise<void> {
  while (new Date() < time) await sleep(1);
}

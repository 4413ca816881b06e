import { afterEach, describe, expect, it } from 'vitest';
import type { Handler, Job, JobQueue, QueueOptions } from '@cloudtalk-sync/queue';

/** How long a test waits for something to happen; milliseconds. */
const DEADLINE = 5_000;

/** A handler whose runs the test ends by hand. */
class Gate {
  readonly started: string[] = [];
  running = 0;
  most = 0;
  readonly #ends = new Map<string, (() => void)[]>();

  readonly handler: Handler = (id) => {
    this.started.push(id);
    this.most = Math.max(this.most, ++this.running);
    return new Promise((resolve) => {
      const end = (): void => {
        this.running--;
        resolve();
      };
      this.#ends.set(id, [...(this.#ends.get(id) ?? []), end]);
    });
  };

  /** Ends the oldest run of `id`. */
  open(id: string): void {
    this.#ends.get(id)?.shift()?.();
  }
}

/** What every driver of the queue keeps: one line in the driver's test runs it. */
export function queueContract(name: string, make: (options: QueueOptions) => JobQueue | Promise<JobQueue>): void {
  describe(`${name} keeps the contract of the queue:`, () => {
    let queue: JobQueue;
    let errors: { error: unknown; job: Job }[];
    const create = async (): Promise<JobQueue> => {
      errors = [];
      return (queue = await make({ onError: (error, job) => errors.push({ error, job }) }));
    };

    afterEach(() => queue.close(0));

    it('a job reaches the handler of its name with its id', async () => {
      await create();
      const seen: string[] = [];
      const note =
        (kind: string): Handler =>
        (id) =>
          Promise.resolve(void seen.push(`${kind} ${id}`));
      await queue.add({ name: 'batch', id: '7' });
      await queue.add({ name: 'run', id: '7' });
      queue.process({ run: note('run'), batch: note('batch') }, 1);
      await until(() => seen.length === 2);
      expect(seen.sort()).toEqual(['batch 7', 'run 7']);
    });

    it('what came before the handlers is passed on, in the order it came', async () => {
      await create();
      for (const id of ['c', 'a', 'b']) await queue.add({ name: 'run', id });
      const gate = new Gate();
      queue.process({ run: gate.handler }, 3);
      await until(() => gate.started.length === 3);
      expect(gate.started).toEqual(['c', 'a', 'b']);
      for (const id of gate.started) gate.open(id);
    });

    it('the same job waiting twice is one', async () => {
      await create();
      const gate = new Gate();
      for (const id of ['a', 'a', 'b', 'a']) await queue.add({ name: 'run', id });
      queue.process({ run: gate.handler }, 1);
      for (const id of ['a', 'b']) {
        await until(() => gate.started.at(-1) === id);
        gate.open(id);
      }
      await until(() => gate.running === 0);
      await queue.add({ name: 'run', id: 'end' });
      await until(() => gate.started.at(-1) === 'end');
      expect(gate.started).toEqual(['a', 'b', 'end']);
      gate.open('end');
    });

    it('a job that comes while it runs is run once more afterwards, never at the same time', async () => {
      await create();
      const gate = new Gate();
      queue.process({ run: gate.handler }, 4);
      await queue.add({ name: 'run', id: 'a' });
      await until(() => gate.running === 1);
      for (let times = 0; times < 3; times++) await queue.add({ name: 'run', id: 'a' });
      await queue.add({ name: 'run', id: 'b' });
      await until(() => gate.running === 2);
      expect(gate.started).toEqual(['a', 'b']);
      gate.open('a');
      await until(() => gate.started.length === 3);
      expect(gate.started).toEqual(['a', 'b', 'a']);
      for (const id of ['a', 'b']) gate.open(id);
      await until(() => gate.running === 0);
    });

    it('no more run at once than allowed, and as many as allowed do', async () => {
      await create();
      const gate = new Gate();
      queue.process({ run: gate.handler }, 3);
      for (let id = 0; id < 8; id++) await queue.add({ name: 'run', id: String(id) });
      for (let ended = 0; ended < 8; ended++) {
        await until(() => gate.started.length > ended && gate.running === Math.min(3, 8 - ended));
        gate.open(gate.started[ended] ?? '');
      }
      expect(gate.most).toBe(3);
    });

    it('what a handler throws is handed on with its job, and the others run', async () => {
      await create();
      const gate = new Gate();
      const broken = new Error('broken');
      const fail: Handler = () => {
        throw broken;
      };
      queue.process({ fail, reject: () => Promise.reject(broken), run: gate.handler }, 1);
      for (const name of ['fail', 'reject', 'unknown', 'run']) await queue.add({ name, id: 'a' });
      await until(() => gate.started.length === 1);
      expect(errors.map(({ job }) => job.name)).toEqual(['fail', 'reject', 'unknown']);
      expect(errors.slice(0, 2).map(({ error }) => error)).toEqual([broken, broken]);
      gate.open('a');
    });

    it('closing asks the running to end, waits for them, and starts nothing more', async () => {
      await create();
      const seen: string[] = [];
      const patient: Handler = (id, signal) =>
        new Promise((resolve) => {
          seen.push(`${id} started`);
          signal.addEventListener('abort', () => {
            setImmediate(() => {
              seen.push(`${id} ended`);
              resolve();
            });
          });
        });
      queue.process({ run: patient }, 1);
      for (const id of ['a', 'b']) await queue.add({ name: 'run', id });
      await until(() => seen.length === 1);
      await queue.close(DEADLINE);
      await queue.add({ name: 'run', id: 'c' });
      expect(seen).toEqual(['a started', 'a ended']);
    });

    it('closing does not wait for ever for a handler that does not end', async () => {
      await create();
      const gate = new Gate();
      queue.process({ run: gate.handler }, 1);
      await queue.add({ name: 'run', id: 'a' });
      await until(() => gate.running === 1);
      await queue.close(20);
      expect(gate.running).toBe(1);
      gate.open('a');
    });
  });
}

async function until(happened: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE;
  while (!happened()) {
    if (Date.now() > deadline) throw new Error(`This did not happen in ${DEADLINE} ms: ${happened.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

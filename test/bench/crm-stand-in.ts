/** The process that one stand-in of `npm run bench:crm` lives in; it ends with the process that started it. */
import { PacedClock } from './crm-clock.js';
import { type Crm, DENSE, START } from './crm-stand-ins.js';

/** What can be asked of the process, and what it answers. */
export interface Answers {
  /** Its address, when it holds its first contact and an hour has passed. */
  readonly start: string;
  /** When it holds all contacts, all of them changed after what was read of it until now. */
  readonly fill: number;
  /** The calls since it was last asked. */
  readonly calls: CallCount;
}

export interface CallCount {
  readonly all: number;
  /** Those that were not answered with success. */
  readonly refused: number;
}

export interface Question {
  readonly ask: keyof Answers;
}

/** The part of all contacts that was changed before those. */
const BEFORE = 0.4;

const SECOND = 1_000;
const HOUR = 3_600_000;

/** How long after the first contact this one was last changed, in ms: a second after the one before, but for the dense ones. */
function momentOf(number: number, count: number): number {
  const [before, dense] = [Math.round(count * BEFORE), Math.round(count * DENSE)];
  return SECOND * (number < before ? number : Math.max(before, number - dense + 1));
}

async function serve(crm: Crm, count: number): Promise<void> {
  const clock = new PacedClock();
  const standIn = await START[crm](clock.now);
  const first = standIn.put(0);
  clock.goOn(HOUR);
  let told = 0;
  const answers: { readonly [K in keyof Answers]: () => Answers[K] } = {
    start: () => standIn.url,
    fill: () => {
      const begin = clock.now().getTime();
      clock.standAt(begin);
      standIn.touch(first);
      for (let number = 1; number < count; number++) {
        clock.standAt(begin + momentOf(number, count));
        standIn.put(number);
      }
      clock.goOn(HOUR);
      return count;
    },
    calls: () => {
      const fresh = standIn.calls().slice(told);
      told += fresh.length;
      return { all: fresh.length, refused: fresh.filter(({ status = 0 }) => status !== 200).length };
    },
  };
  process.on('message', ({ ask }: Question) => process.send?.(answers[ask]()));
  process.once('disconnect', () => void standIn.close());
}

const [, , crm, count] = process.argv;
await serve(crm as Crm, Number(count));

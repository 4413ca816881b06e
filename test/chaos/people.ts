/** A seeded generator of numbers from 0 up to, but without, 1 (mulberry32 by Tommy Ettinger). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What the last row of a person said. */
export interface Person {
  readonly phone: string;
  readonly name: string;
  readonly title: string;
}

/**
 * The people of a chaos run and the files about them. Each file has some new people, some known ones with a new title,
 * some unchanged, a repetition and a row that is wrong.
 */
export class People {
  readonly #last = new Map<string, Person>();
  #files = 0;

  constructor(private readonly random: () => number) {}

  /** By phone, as the last row of the last file says. */
  get expected(): ReadonlyMap<string, Person> {
    return this.#last;
  }

  /** A new person that CloudTalk gets from somebody else, with a tag that is not ours. */
  stranger(): Person {
    const person = this.#make();
    this.#last.set(person.phone, person);
    return person;
  }

  /** The next file. */
  file(): { readonly name: string; readonly content: string } {
    this.#files += 1;
    const rows: Person[] = [];
    const count = 15 + Math.floor(this.random() * 40);
    for (let row = 0; row < count; row += 1) rows.push(this.random() < 0.6 ? this.#make() : this.#known());
    const repeated = rows[Math.floor(this.random() * rows.length)];
    if (repeated) rows.push({ ...repeated, title: `${repeated.title} again` });
    for (const person of rows) this.#last.set(person.phone, person);
    const lines = rows.map(({ name, phone, title }) => `${name},${phone},${title},ours`);
    lines.splice(Math.floor(this.random() * lines.length), 0, 'Wrong number,12,,');
    return { name: `file-${this.#files}.csv`, content: ['name,phone,title,tags', ...lines, ''].join('\n') };
  }

  #make(): Person {
    const number = this.#last.size + Math.floor(this.random() * 1000) * 1000;
    const phone = `+421905${String(number).padStart(6, '0').slice(-6)}`;
    return this.#last.has(phone) ? this.#make() : { phone, name: `Person ${number}`, title: 'New' };
  }

  #known(): Person {
    const people = [...this.#last.values()];
    const person = people[Math.floor(this.random() * people.length)];
    if (!person) return this.#make();
    return this.random() < 0.5 ? person : { ...person, title: `Title ${Math.floor(this.random() * 1e6)}` };
  }
}

import { type Drop, DROPS, listsOf } from './drop.js';
import { type Fate, Person } from './person.js';
import { folded, HEADER, lineOf } from './row.js';

/** A CSV file about some people. */
export interface PeopleFile {
  readonly name: string;
  readonly drop: Drop;
  readonly content: string;
  readonly people: ReadonlySet<Person>;
}

/** A file has at least so many people, and fewer than so many more. */
const FEWEST = 10;
const MORE = 30;
/** How many of them are new, are of the last files, and have a second row. */
const NEW = 0.45;
const AGAIN = 0.5;
const REPEATED = 0.1;
/** How many of the new ones are in the files of both connections that unite lists. */
const SHARED = 0.3;
/** Which drop a file is for, by a number below 1. */
const UP_TO: Readonly<Record<Drop, number>> = { union: 0.45, second: 0.7, replace: 1 };

/**
 * The people of a storm and the files about them. Each file has some new people, some known ones with values that are
 * new or were theirs before, some unchanged, repetitions and a row that is wrong.
 */
export class People {
  readonly #people: Person[] = [];
  readonly #last = new Map<Drop, ReadonlySet<Person>>();
  /** Of whom no file speaks yet. */
  readonly #reserved = new Set<Person>();
  /** Of whom the next file must speak. */
  readonly #due = new Set<Person>();
  #files = 0;

  constructor(private readonly random: () => number) {}

  get all(): readonly Person[] {
    return this.#people;
  }

  /** Somebody whom CloudTalk gets from somebody else. */
  stranger(drop: Drop, fate: Fate = 'plain'): Person {
    const person = this.#make([drop], fate);
    person.meet();
    if (fate === 'moved') this.#reserved.add(person);
    return person;
  }

  /** Those of whom no file has spoken yet, though it must. */
  get untold(): readonly Person[] {
    return [...this.#due];
  }

  /** Somebody of whom no file speaks before this is asked; undefined when there is nobody left. */
  release(): Person | undefined {
    const [person] = this.#reserved;
    if (person) {
      this.#reserved.delete(person);
      this.#due.add(person);
    }
    return person;
  }

  /** Somebody of whom none of these files speaks; undefined when there is none. */
  besides(files: readonly PeopleFile[]): Person | undefined {
    const quiet = this.#people.filter((person) => !files.some((file) => file.people.has(person)));
    return this.#anyOf(quiet.filter((person) => !this.#reserved.has(person)));
  }

  /** Somebody of two connections of whom one of these files speaks. */
  sharedIn(files: readonly PeopleFile[]): Person | undefined {
    return this.#anyOf(files.flatMap(({ people }) => [...people].filter(({ fate }) => fate === 'shared')));
  }

  /** The next file; what it says counts from now on. */
  file(): PeopleFile {
    const kind = this.random();
    const drop = DROPS.find((one) => kind < UP_TO[one]) ?? 'replace';
    const people = new Set([...this.#due].filter(({ drops }) => drops.includes(drop)));
    for (const person of people) this.#due.delete(person);
    const count = FEWEST + Math.floor(this.random() * MORE);
    for (let row = 0; row < count; row += 1) people.add(this.#next(drop));
    this.#last.set(drop, people);
    return this.#fileOf(drop, people, (person, name) => this.#rowsOf(person, drop, name));
  }

  /** A file that says all anew of people who were deleted, and of others who were not. */
  restoringFile(deleted: ReadonlySet<Person>, others: readonly Person[]): PeopleFile {
    return this.#fileOf('union', new Set([...deleted, ...others]), (person, name) => {
      const row = person.restoringRow();
      person.say(row, 'union', name);
      if (deleted.has(person)) person.restore(row);
      return [lineOf(row)];
    });
  }

  #fileOf(
    drop: Drop,
    people: ReadonlySet<Person>,
    rowsOf: (person: Person, name: string) => readonly [string, ...string[]],
  ): PeopleFile {
    this.#files += 1;
    const name = `${String(this.#files).padStart(5, '0')}-people.csv`;
    const rows = [...people].map((person) => rowsOf(person, name));
    const lines = rows.flatMap(([first]) => first);
    lines.splice(Math.floor(this.random() * lines.length), 0, 'Wrong number,,,,12,,');
    lines.push(...rows.flatMap(([, ...repetitions]) => repetitions));
    return { name, drop, people, content: [HEADER, ...lines, ''].join('\n') };
  }

  /** The lines about a person, the first of them and perhaps a repetition, or one by a number that CloudTalk's list hides. */
  #rowsOf(person: Person, drop: Drop, file: string): readonly [string, ...string[]] {
    if (person.fate === 'hidden' && this.random() < 0.5) return this.#rowsOfBoth(person, drop, file);
    const row = person.nextRow(drop);
    if (this.random() >= REPEATED) {
      person.say(row, drop, file);
      return [lineOf(row)];
    }
    const repetition = person.repetitionOf(row);
    person.say(folded(row, repetition), drop, file);
    return [lineOf(row), lineOf(repetition)];
  }

  /** The lines by the number that CloudTalk's list shows and by the one that it hides; perhaps the first is repeated behind. */
  #rowsOfBoth(person: Person, drop: Drop, file: string): readonly [string, ...string[]] {
    const [first, second] = person.rowsOfBoth();
    if (this.random() < 0.5) {
      for (const row of [first, second]) person.say(row, drop, file);
      return [lineOf(first), lineOf(second)];
    }
    const repetition = person.repetitionOf(first);
    for (const row of [first, second]) person.say(folded(row, repetition), drop, file);
    return [lineOf(first), lineOf(second), lineOf(repetition)];
  }

  #next(drop: Drop): Person {
    if (this.random() < NEW) return this.#make(this.#dropsOfNew(drop));
    const isOurs = (person: Person): boolean => person.drops.includes(drop) && !this.#reserved.has(person);
    const last = [...this.#last.values()].flatMap((people) => [...people]);
    const again = this.random() < AGAIN ? last.filter(isOurs) : [];
    return this.#anyOf(again) ?? this.#anyOf(this.#people.filter(isOurs)) ?? this.#make([drop]);
  }

  #dropsOfNew(drop: Drop): readonly Drop[] {
    return listsOf(drop) === 'union' && this.random() < SHARED ? ['union', 'second'] : [drop];
  }

  #anyOf(people: readonly Person[]): Person | undefined {
    return people[Math.floor(this.random() * people.length)];
  }

  #make(drops: readonly Drop[], fate: Fate = drops.length > 1 ? 'shared' : 'plain'): Person {
    const person = new Person(this.#people.length, drops, fate, this.random);
    this.#people.push(person);
    return person;
  }
}

import type { Lists } from './expected-contact.js';
import { Person } from './person.js';
import { folded, HEADER, lineOf } from './row.js';

/** A CSV file about some people. */
export interface PeopleFile {
  readonly name: string;
  readonly lists: Lists;
  readonly content: string;
  readonly people: ReadonlySet<Person>;
}

/** A file has at least so many people, and fewer than so many more. */
const FEWEST = 10;
const MORE = 30;
/** How many of them are new, are of the last file of that kind, and have a second row. */
const NEW = 0.45;
const AGAIN = 0.5;
const REPEATED = 0.1;

/**
 * The people of a storm and the files about them. Each file has some new people, some known ones with values that are
 * new or were theirs before, some unchanged, repetitions and a row that is wrong.
 */
export class People {
  readonly #people: Person[] = [];
  readonly #last = new Map<Lists, ReadonlySet<Person>>();
  #files = 0;

  constructor(private readonly random: () => number) {}

  get all(): readonly Person[] {
    return this.#people;
  }

  /** Somebody whom CloudTalk gets from somebody else. */
  stranger(lists: Lists): Person {
    const person = this.#make(lists);
    person.meet();
    return person;
  }

  /** Somebody of whom none of these files speaks; undefined when there is none. */
  besides(files: readonly PeopleFile[]): Person | undefined {
    const quiet = this.#people.filter((person) => !files.some((file) => file.people.has(person)));
    return this.#anyOf(quiet);
  }

  /** The next file; what it says counts from now on. */
  file(): PeopleFile {
    this.#files += 1;
    const lists: Lists = this.random() < 0.65 ? 'union' : 'replace';
    const people = new Set<Person>();
    const count = FEWEST + Math.floor(this.random() * MORE);
    for (let row = 0; row < count; row += 1) people.add(this.#next(lists));
    this.#last.set(lists, people);
    const rows = [...people].map((person) => this.#rowsOf(person));
    const lines = rows.flatMap(([first]) => first);
    lines.splice(Math.floor(this.random() * lines.length), 0, 'Wrong number,,,,12,,');
    lines.push(...rows.flatMap(([, ...repetitions]) => repetitions));
    const name = `${String(this.#files).padStart(5, '0')}-people.csv`;
    return { name, lists, people, content: [HEADER, ...lines, ''].join('\n') };
  }

  /** The lines about a person, the first of them and perhaps a repetition. */
  #rowsOf(person: Person): readonly [string, ...string[]] {
    const row = person.nextRow();
    if (this.random() >= REPEATED) {
      person.say(row);
      return [lineOf(row)];
    }
    const repetition = person.repetitionOf(row);
    person.say(folded(row, repetition));
    return [lineOf(row), lineOf(repetition)];
  }

  #next(lists: Lists): Person {
    if (this.random() < NEW) return this.#make(lists);
    const again = this.random() < AGAIN ? [...(this.#last.get(lists) ?? [])] : [];
    const known = this.#people.filter((person) => person.lists === lists);
    return this.#anyOf(again) ?? this.#anyOf(known) ?? this.#make(lists);
  }

  #anyOf(people: readonly Person[]): Person | undefined {
    return people[Math.floor(this.random() * people.length)];
  }

  #make(lists: Lists): Person {
    const person = new Person(this.#people.length, lists, this.random);
    this.#people.push(person);
    return person;
  }
}

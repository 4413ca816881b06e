/** One thing wrong in the configuration: where it stands and what would be right. */
export interface Problem {
  /** The file, or `environment`. */
  readonly file: string;
  /** Counted from 1; absent for the environment. */
  readonly line?: number | undefined;
  /** Counted from 1; absent for the environment. */
  readonly column?: number | undefined;
  /** The place inside the configuration, as `connections[0].mapping.phone`, or the name of a variable. */
  readonly path: string;
  /** What is wrong there. */
  readonly message: string;
  /** What would be right. */
  readonly expected: string;
}

/** The configuration cannot be used as it stands; carries every problem found, never only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describe).join('\n'));
    this.problems = problems;
  }
}

function describe(problem: Problem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}:${problem.column ?? 1}`;
  return `${place} ${problem.path}: ${problem.message} ${problem.expected}`;
}

import type { RunnerTask, RunnerTestFile } from 'vitest';

/**
 * Says which tests were left out for want of `what`, and why; with CI=true that makes the run fail. Tests that need it
 * stand in a suite of that name.
 */
export function leftOut(files: readonly RunnerTestFile[], what: string, reason: string): void {
  const suites = files.flatMap((file) => {
    const suite = find(file, what);
    return suite ? [{ file: file.name, tests: count(suite) }] : [];
  });
  if (suites.length === 0) return;
  const tests = suites.reduce((sum, suite) => sum + suite.tests, 0);
  console.error(`\nLEFT OUT: ${tests} tests ${what}, because ${reason}:`);
  for (const suite of suites) console.error(`  ${suite.file} (${suite.tests})`);
  if (process.env['CI'] === 'true') {
    console.error('With CI=true this is a failure.');
    process.exitCode = 1;
  }
}

function find(task: RunnerTask, name: string): RunnerTask | undefined {
  if (task.name === name) return task;
  if (!('tasks' in task)) return undefined;
  for (const inner of task.tasks) {
    const found = find(inner, name);
    if (found) return found;
  }
  return undefined;
}

function count(task: RunnerTask): number {
  return 'tasks' in task ? task.tasks.reduce((sum, inner) => sum + count(inner), 0) : 1;
}

import type { RunnerTask, RunnerTestFile } from 'vitest';

/**
 * Says which tests were left out for want of `what`, and why; with CI=true that makes the run fail. Tests that need it
 * stand in a suite of that name.
 */
export function leftOut(files: readonly RunnerTestFile[], what: string, reason: string): void {
  const suites = files.flatMap((file) => {
    const tests = find(file, what).reduce((sum, suite) => sum + count(suite), 0);
    return tests > 0 ? [{ file: file.name, tests }] : [];
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

function find(task: RunnerTask, name: string): readonly RunnerTask[] {
  if (task.name === name) return [task];
  return 'tasks' in task ? task.tasks.flatMap((inner) => find(inner, name)) : [];
}

function count(task: RunnerTask): number {
  return 'tasks' in task ? task.tasks.reduce((sum, inner) => sum + count(inner), 0) : 1;
}

import { ourPipeline, verdictOf } from './our-pipeline.js';
import { plainPipeline } from './plain-pipeline.js';
import { verdictKey } from './verdict.js';

export interface Comparison {
  /** Rows that both pipelines understand. */
  readonly compared: number;
  /** Rows with damage that only ours mends. */
  readonly repaired: number;
  /** One line for each row that the two judge differently. */
  readonly differences: readonly string[];
}

/** Runs both pipelines over a file side by side and compares what they say of each row. */
export async function compare(path: string, defaultCountry: string): Promise<Comparison> {
  const others = plainPipeline(path, defaultCountry);
  const differences: string[] = [];
  let compared = 0;
  let repaired = 0;
  for await (const validation of ourPipeline(path, defaultCountry)) {
    const { value: other } = await others.next();
    const own = verdictOf(validation);
    if (own === undefined) repaired++;
    else if (!other) differences.push(`row ${compared + repaired + 1}: the plain pipeline has no such row`);
    else {
      compared++;
      const [ownKey, otherKey] = [verdictKey(own), verdictKey(other)];
      if (ownKey !== otherKey) differences.push(`row ${compared + repaired}: ours ${ownKey}; plain ${otherKey}`);
    }
  }
  if (!(await others.next()).done) differences.push('the plain pipeline has more rows');
  return { compared, repaired, differences };
}

/**
 * Writes the table of issue and warning codes into README.md, from the tables of `libs/validation` and `libs/connectors` in `dist/`, which
 * `node tools/prepare.mjs` brings up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { prepare } from './prepare.mjs';

export const README = fileURLToPath(new URL('../README.md', import.meta.url));

const BEGIN = '<!-- codes: written by tools/write-codes.mjs, do not edit -->';
const END = '<!-- /codes -->';

/**
 * The README with the part between its two comments made anew. Throws when it lacks one of them.
 * @param {string} readme
 * @param {readonly { code: string, meaning: string, fix: string }[]} issues
 * @param {Readonly<Record<string, string>>} warnings The sentence of each, by code.
 * @param {Readonly<Record<string, string>>} files What each code says of a file as a whole.
 */
export async function withCodes(readme, issues, warnings, files) {
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md needs the lines ${BEGIN} and ${END}.`);
  const issueRows = issues.map(({ code, meaning, fix }) => `| \`${code}\` | ${meaning} | ${fix} |`);
  const warningRows = Object.entries(warnings).map(
    ([code, sentence]) => `| \`${code}\` | ${withoutPlaces(sentence)} |`,
  );
  const fileRows = Object.entries(files).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  const text = [
    ...[before + BEGIN, '', '| issue | means | how to fix it |', '| --- | --- | --- |', ...issueRows],
    ...['', '| warning | says |', '| --- | --- |', ...warningRows],
    ...['', '| file as a whole | means |', '| --- | --- |', ...fileRows, '', END + after],
  ].join('\n');
  return format(text, { ...(await resolveConfig(README)), parser: 'markdown' });
}

/** @param {string} sentence */
function withoutPlaces(sentence) {
  return sentence.replace(/"\{\w+\}"|\{\w+\}/g, '…');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await prepare();
  const { ISSUE_TABLE, WARNING_TABLE } = await import(
    new URL('../dist/libs/validation/src/index.js', import.meta.url).href
  );
  const { FILE_CODES } = await import(new URL('../dist/libs/connectors/src/index.js', import.meta.url).href);
  writeFileSync(README, await withCodes(readFileSync(README, 'utf8'), ISSUE_TABLE, WARNING_TABLE, FILE_CODES));
}

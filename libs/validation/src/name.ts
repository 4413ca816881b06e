import { cleanText } from './clean-text.js';
import { accept, type Normalised } from './normalised.js';

const LINE_BREAKS = /[\t\r\n]+/;

/** A contact's name on one line: cleaned as any text, with line breaks and tabs turned into spaces. */
export function normaliseName(text: string): Normalised {
  const cleaned = cleanText(text);
  if (!cleaned.ok || !LINE_BREAKS.test(cleaned.value)) return cleaned;
  const lines = cleaned.value.split(LINE_BREAKS).map((line) => line.trim());
  return accept(lines.filter((line) => line !== '').join(' '), [...cleaned.repairs, 'line_break']);
}

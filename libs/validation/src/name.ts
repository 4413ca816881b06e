import { cleanText } from './clean-text.js';
import { accept, type Normalised } from './normalised.js';

const LINE_BREAK = /\s*[\t\r\n]\s*/g;

/** A contact's name on one line: cleaned as any text, with line breaks and tabs turned into spaces. */
export function normaliseName(text: string): Normalised {
  const cleaned = cleanText(text);
  if (!cleaned.ok || !/[\t\r\n]/.test(cleaned.value)) return cleaned;
  return accept(cleaned.value.replace(LINE_BREAK, ' '), [...cleaned.repairs, 'line_break']);
}

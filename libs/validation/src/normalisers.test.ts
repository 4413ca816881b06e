import fc from 'fast-check';
import validator from 'validator';
import { describe, expect, it } from 'vitest';
import { cleanText } from './clean-text.js';
import { normaliseEmail } from './email.js';
import { normaliseName } from './name.js';
import type { Normalised } from './normalised.js';
import { normaliseWebsite } from './website.js';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('a', '=', '"', '＝', '＂', ' ', '\u200b', '\u00a0', '𝐀', '\n', 'ᴀ', '@', '.', ':', '/'),
  }),
);
const RUNS = { numRuns: 2000, seed: 20 };

function read(result: Normalised): string {
  return result.ok ? [result.value, ...result.repairs].join(' | ') : `refused: ${result.kind}`;
}

function holdsForEveryText(
  normalise: (text: string) => Normalised,
  check: (value: string) => boolean,
  texts = anyText,
): void {
  fc.assert(
    fc.property(texts, (text) => {
      const result = normalise(text);
      if (!result.ok || result.value === '') return;
      expect(check(result.value)).toBe(true);
      expect(normalise(result.value)).toEqual({ ok: true, value: result.value, repairs: [] });
    }),
    RUNS,
  );
}

const letters = fc.stringMatching(/^[a-zA-Z0-9._+@ü-]{0,40}$/);
const address = fc
  .tuple(letters, fc.stringMatching(/^[a-zA-Z0-9.-]{0,30}$/), fc.constantFrom('sk', 'com', 'x', '1a', 'müller.de', ''))
  .map(([local, domain, end]) => `${local}@${domain}.${end}`);

describe('a text', () => {
  it.each([
    [' Anna ', 'Anna'],
    ['="0042"', '0042 | excel_formula'],
    ['="say ""hi"""', 'say "hi" | excel_formula'],
    ['a\u00a0b', 'a b | invisible_characters'],
    ['a\u200b\u00adb', 'ab | invisible_characters'],
    ['Ⓐⓝⓝⓐ', 'Anna | stylised_text'],
    ['𝓐𝓷𝓷𝓪', 'Anna | stylised_text'],
    ['🅰🅝', 'AN | stylised_text'],
    ['🅰️nna 🅱️🅾️🅱️', 'Anna BOB | stylised_text'],
    ['ᴀɴɴᴀ', 'anna | stylised_text'],
    ['ℌ𝔢𝔩𝔩𝔬', 'Hello | stylised_text'],
    ['ＡＢ１', 'AB1 | stylised_text'],
    ['ᴬⁿⁿᵃ', 'Anna | stylised_text'],
    ['5 m², βᵝ', '5 m², βᵝ'],
    ['ᶜᵃᶠᵉ ᴺᵒᵛᵃᵏ ᶦᶫ', 'cafe Novak il | stylised_text'],
    ['①②③ ⓪ ⑳ ⑴ ⒈', '123 0 20 1 1. | stylised_text'],
    ['❶❿➀➉➊➓⓫⓴⓵⓾⓿', '11011011011201100 | stylised_text'],
    ['\u{1CCD6}\u{1CCEF}\u{1CCF0}\u{1CCF9} \u{1FBF7}', 'AZ09 7 | stylised_text'],
    ['🄐🄝🄝🄩 🄪', 'ANNZ S | stylised_text'],
    ['A̶n̶n̶a̶ ̶N̶o̶v̶á̶k̶', 'Anna Novák | stylised_text'],
    ['A̲n̲n̲a̲ J̳á̳n̳ I̅d̅a̅', 'Anna Ján Ida | stylised_text'],
    ['Lo̸dz, K̲wak̲waka', 'Lo̸dz, K̲wak̲waka'],
    ['two\u2028lines', 'two lines | invisible_characters'],
    ['an\u034fna\u17b4\u{1d173}', 'anna | invisible_characters'],
    ['\u115f\u1160', ' | invisible_characters'],
    ['\ufe0f \u{e0041}', ' | invisible_characters'],
    ['❤\ufe0f 1\ufe0f⃣ 🏴\u{e0067}\u{e0062}\u{e007f}', '❤\ufe0f 1\ufe0f⃣ 🏴\u{e0067}\u{e0062}\u{e007f}'],
    ['\u200dAnna\u200c ', 'Anna | invisible_characters'],
    ['\u3164\u2800', ' | invisible_characters'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['李小龍 👨‍👩‍👧 Žofia Ω Жанна', '李小龍 👨‍👩‍👧 Žofia Ω Жанна'],
    ['two\nlines', 'two\nlines'],
    ['a\u0000', 'refused: control_character'],
    ['a\ud800', 'refused: control_character'],
    ['a\u0085', 'refused: control_character'],
    ['Nov\ufffdk', 'refused: lost_character'],
    [' #REF! ', 'refused: failed_formula'],
    ['#div/0!', 'refused: failed_formula'],
    ['#N/A\u00a0', 'refused: failed_formula'],
    ['#1 in sales', '#1 in sales'],
  ])('is cleaned: %j', (text, expected) => {
    expect(read(cleanText(text))).toBe(expected);
  });

  it('of millions of joiners is cleaned in an instant', () => {
    const text = `${'\u200d'.repeat(2_000_000)}a${'\u200d \u200c'.repeat(700_000)}b`;
    const result = cleanText(text);
    expect(result.ok && result.value.length).toBe(1 + 2_100_000 + 1);
  });

  it('is clean for good, whatever it was', () => {
    holdsForEveryText(
      cleanText,
      (value) => value === value.trim() && !/\p{Cs}|[\u0000-\u0008\u00a0\u200b]/u.test(value),
    );
  });
});

describe('a name', () => {
  it('stands on one line', () => {
    expect(read(normaliseName('Anna\r\n Nováková'))).toBe('Anna Nováková | line_break');
    holdsForEveryText(normaliseName, (value) => !/[\p{Cc}\p{Cs}]/u.test(value));
  });
});

describe('an e-mail address', () => {
  it.each([
    [' Anna@FIRMA.sk ', 'Anna@firma.sk'],
    ['jürgen@müller.de', 'jürgen@müller.de'],
    ['mailto:a@b.sk', 'a@b.sk | link_prefix'],
    ['a\u200b@b.sk', 'a@b.sk | invisible_characters'],
    ['\u00a0a@b.sk\u00a0', 'a@b.sk | invisible_characters'],
    ['an\u200cna@b.sk', 'anna@b.sk | invisible_characters'],
    ['anna@b\u200d.sk', 'anna@b.sk | invisible_characters'],
    ['an\u034fna\ufe0f@b.sk', 'anna@b.sk | invisible_characters'],
    ['\t a@b.sk\r\n', 'a@b.sk'],
    ['\u000ba@b.sk', 'refused: control_character'],
    ['a@b.sk\f', 'refused: control_character'],
    ['anna', 'refused: email_without_at'],
    ['<a@b.sk>', 'a@b.sk | angle_brackets'],
    ['a@b', 'refused: email_without_ending'],
    ['a@@c.sk', 'refused: email_several_ats'],
    ['a@b.sk@c.sk', 'refused: email_several_ats'],
    ['a @b.sk', 'refused: email_with_space'],
    ['a@b,sk', 'refused: email_with_comma'],
    ['@b.sk', 'refused: email_incomplete'],
    ['anna@', 'refused: email_incomplete'],
    ['a..b@c.sk', 'refused: email_stray_dot'],
    ['a@.b.sk', 'refused: email_stray_dot'],
    ['a.@b.sk', 'refused: email_stray_dot'],
    ['a@b_.sk', 'refused: invalid_email'],
    ['Anna <anna@firma.sk>', 'refused: email_with_name'],
    ['anna@firma.sk jana@firma.sk', 'refused: email_several'],
  ])('is read: %j', (text, expected) => {
    expect(read(normaliseEmail(text))).toBe(expected);
  });

  it('is refused in no time, however long it is', () => {
    for (const text of ['@"', '<a>', '@', 'a@b ', '"'].map((piece) => `a${piece.repeat(1_000_000)}.x`)) {
      expect(read(normaliseEmail(text))).toBe('refused: email_long_text');
    }
    expect(read(normaliseEmail(`${'a'.repeat(990)}@b.sk`))).toBe('refused: invalid_email');
  });

  it('is valid for good by validator, whatever it was', () => {
    holdsForEveryText(normaliseEmail, (value) => validator.isEmail(value), fc.oneof(anyText, address));
  });

  it('is taken exactly when validator takes it', () => {
    fc.assert(
      fc.property(address, (text) => {
        expect(normaliseEmail(text).ok).toBe(validator.isEmail(text));
      }),
      { numRuns: 5000, seed: 20 },
    );
  });
});

describe('a web address', () => {
  it.each([
    ['www.firma.sk', 'www.firma.sk'],
    ['HTTPS://firma.sk/a?b=1#c', 'HTTPS://firma.sk/a?b=1#c'],
    ['http://firma.sk:8080/', 'http://firma.sk:8080/'],
    ['müller.de/ž', 'müller.de/ž'],
    ['\u00a0www.b.sk', 'www.b.sk | invisible_characters'],
    ['www.fir\u200dma.sk', 'www.firma.sk | invisible_characters'],
    ['firma', 'refused: invalid_website'],
    ['firma.sk:x', 'refused: invalid_website'],
    ['ftp://firma.sk', 'refused: website_scheme'],
    ['javascript:alert(1)', 'refused: website_scheme'],
    ['https://user:pass@firma.sk', 'refused: website_with_login'],
    ['anna@firma.sk/a', 'refused: website_with_login'],
    ['anna@firma.sk', 'refused: website_is_email'],
  ])('is read: %j', (text, expected) => {
    expect(read(normaliseWebsite(text))).toBe(expected);
  });

  const web = fc
    .tuple(
      fc.constantFrom('', 'http://', 'https://', 'HTTP://', 'ftp://', '//'),
      fc.stringMatching(/^[a-zA-Z0-9._ü-]{0,30}$/),
      fc.constantFrom('.sk', '.com', '.x', '', '.1a'),
      fc.constantFrom('', '/', '/a/b.html', '?q=1', '/?q=a b', '#x', ':80', ':x'),
    )
    .map((parts) => parts.join(''));
  const rules = { protocols: ['http', 'https'], disallow_auth: true };

  it('is valid for good by validator, whatever it was', () => {
    holdsForEveryText(normaliseWebsite, (value) => validator.isURL(value, rules), fc.oneof(anyText, web));
  });

  it('is taken exactly when validator takes it', () => {
    fc.assert(
      fc.property(web, (text) => {
        expect(normaliseWebsite(text).ok).toBe(text === '' || validator.isURL(text, rules));
      }),
      { numRuns: 5000, seed: 20 },
    );
  });
});

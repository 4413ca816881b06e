import examples from 'libphonenumber-js/mobile/examples';
import { type CountryCode, getExampleNumber } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { type MappedContact, TEMPLATE_COLUMNS } from './contact.js';
import { ISSUE_CODES } from './issue.js';
import { ISSUE_CASES, ISSUE_TABLE } from './issue-table.js';
import { PHONE_REGIONS } from './numbering-plan.js';
import { validateContact, type Validation, type ValidationRules } from './validate-contact.js';

type Cells = Partial<Record<(typeof TEMPLATE_COLUMNS)[number], string>>;
const RULES: ValidationRules = { defaultCountry: 'SK', unknownColumns: 'warn' };
const GOOD: Cells = { name: 'Anna Nováková', phone: '0903 123 456' };

/** A row of a file with these cells. */
function row(cells: Cells, attributes: Record<string, string> = {}): MappedContact {
  const { phone, email, email2, tags, ...single } = cells;
  const lists = Object.entries({ phone, email, email2, tags }).flatMap(([field, cell]) =>
    cell === undefined ? [] : [[field, [cell]]],
  );
  return { single, lists: Object.fromEntries(lists), attributes };
}

function check(
  cells: Cells,
  rules: Partial<ValidationRules> = {},
  attributes: Record<string, string> = {},
): Validation {
  return validateContact(row(cells, attributes), { ...RULES, ...rules });
}

/** `field code` of every issue of a row. */
function issuesOf(validation: Validation): string[] {
  return validation.ok ? [] : validation.issues.map(({ field, code }) => `${field} ${code}`);
}

function warningsOf(validation: Validation): string[] {
  return validation.warnings.map(({ field, code, from, to }) => `${field} ${code}: ${from} -> ${to}`);
}

/** Of the import rules, written out: a test by our own table would agree with any of them. */
const LIMITS = [
  ['name', 150],
  ['title', 255],
  ['company', 100],
  ['industry', 100],
  ['website', 100],
  ['address', 255],
  ['city', 255],
  ['zip', 15],
  ['state', 255],
] as const;

describe('the rules of a row', () => {
  it('gives the whole contact in the form of CloudTalk', () => {
    const cells: Cells = {
      name: ' Anna Nováková ',
      phone: '0903 123 456:+1 212 555 0123',
      email: 'Anna@FIRMA.sk',
      email2: 'anna@home.sk:Anna@firma.sk',
      title: 'CEO',
      company: 'Firma s.r.o.',
      industry: 'Retail',
      website: 'https://www.firma.sk/kontakt',
      address: 'Hlavná 1\n2. poschodie',
      city: 'Žilina',
      zip: '010 01',
      state: 'Žilinský kraj',
      country: 'slovakia',
      favorite_agent: 'Agent@Firma.SK',
      tags: 'vip: partner :vip:VIP',
    };
    expect(check(cells, { agents: new Set(['agent@firma.sk']) }, { Tier: ' gold ', Empty: '' })).toEqual({
      ok: true,
      contact: {
        name: 'Anna Nováková',
        phones: ['+421903123456', '+12125550123'],
        emails: ['Anna@firma.sk', 'anna@home.sk'],
        title: 'CEO',
        company: 'Firma s.r.o.',
        industry: 'Retail',
        website: 'https://www.firma.sk/kontakt',
        address: 'Hlavná 1\n2. poschodie',
        city: 'Žilina',
        zip: '010 01',
        state: 'Žilinský kraj',
        country: 'SK',
        favorite_agent: 'agent@firma.sk',
        tags: ['vip', 'partner', 'VIP'],
        attributes: { Tier: 'gold' },
      },
      warnings: [],
    });
  });

  it('reads all the tags of a cell that is a formula', () => {
    const validation = check({ ...GOOD, tags: '="vip:gold:"' });
    expect(validation.ok && validation.contact.tags).toEqual(['vip', 'gold']);
    expect(validation.warnings).toMatchObject([{ field: 'tags', code: 'excel_formula', to: 'vip:gold:' }]);
  });

  it('imports nothing for an empty optional field, also one of spaces', () => {
    const empty = Object.fromEntries(TEMPLATE_COLUMNS.map((column) => [column, ' ']));
    const validation = check({ ...empty, ...GOOD }, {}, { Tier: ' ' });
    expect(validation).toMatchObject({ ok: true });
    expect(validation.ok && Object.keys(validation.contact).sort()).toEqual([
      'attributes',
      'emails',
      'name',
      'phones',
      'tags',
    ]);
    expect(validation.ok && [validation.contact.tags, validation.contact.attributes]).toEqual([[], {}]);
  });

  it.each(LIMITS)('takes %s up to %i characters and not one more', (field, limit) => {
    const text = field === 'website' ? `www.firma.sk/${'a'.repeat(limit - 13)}` : '𐐀'.repeat(limit);
    const last = field === 'website' ? 'a' : 'ž';
    expect(issuesOf(check({ ...GOOD, [field]: text }))).toEqual([]);
    const validation = check({ ...GOOD, [field]: text + last });
    expect(issuesOf(validation)).toEqual([`${field} too_long`]);
    expect(!validation.ok && validation.issues[0]?.message).toContain(`has ${limit + 1} characters, and ${limit} are`);
  });

  it.each<[string, Cells, string[]]>([
    ['no name', { phone: '0903123456' }, ['name required_missing']],
    ['an empty name', { ...GOOD, name: '' }, ['name required_missing']],
    ['a name of spaces', { ...GOOD, name: '   ' }, ['name too_short']],
    ['an invisible name', { ...GOOD, name: '\u200b' }, ['name too_short']],
    ['a name without any shape', { ...GOOD, name: '\u115f\ufe0f' }, ['name too_short']],
    ['a name with a lost character', { ...GOOD, name: 'Nov\ufffdk' }, ['name invalid_value']],
    ['a phone behind a control character', { ...GOOD, phone: '\u000b0903123456' }, ['phone invalid_value']],
    ['a phone before a control character', { ...GOOD, phone: '0903123456\f' }, ['phone invalid_value']],
    ['one failed formula of two numbers', { ...GOOD, phone: '0903123456:#N/A' }, ['phone invalid_value']],
    ['a country that is a failed formula', { ...GOOD, country: '#N/A' }, ['country invalid_value']],
    ['a name with a control character', { ...GOOD, name: 'Anna\u0007' }, ['name invalid_value']],
    ['no identifier', { name: 'Anna' }, ['phone identifier_missing']],
    ['empty identifiers', { name: 'Anna', phone: '', email: '', email2: '' }, ['phone identifier_missing']],
    ['a phone of a separator alone', { name: 'Anna', phone: ':' }, ['phone too_short']],
    ['blank identifiers', { name: 'Anna', phone: '', email: ' ', email2: ':' }, ['email too_short']],
    ['only a bad phone', { name: 'Anna', phone: 'none' }, ['phone invalid_phone']],
    ['a bad phone beside a good e-mail', { name: 'Anna', phone: '12', email: 'a@b.sk' }, ['phone phone_too_short']],
    ['one bad phone of two', { ...GOOD, phone: '0903123456:0000' }, ['phone invalid_phone']],
    ['a bad e-mail', { ...GOOD, email: 'anna@firma' }, ['email invalid_email']],
    ['a bad second e-mail', { ...GOOD, email2: 'anna' }, ['email2 invalid_email']],
    ['a website without a domain', { ...GOOD, website: 'firma' }, ['website invalid_website']],
    ['an unknown country', { ...GOOD, country: 'Atlantis' }, ['country invalid_country']],
    ['a country that could be two', { ...GOOD, country: 'Korea' }, ['country invalid_country']],
    ['an agent that is no address', { ...GOOD, favorite_agent: 'Anna' }, ['favorite_agent invalid_email']],
    ['a tag with a control character', { ...GOOD, tags: 'a:\u0000' }, ['tags invalid_value']],
    [
      'everything wrong at once',
      { name: '', phone: 'x', email: 'y', website: 'z', country: 'q1', zip: '1234567890123456' },
      [
        'name required_missing',
        'website invalid_website',
        'zip too_long',
        'country invalid_country',
        'phone invalid_phone',
        'email invalid_email',
      ],
    ],
  ])('refuses %s', (_what, cells, expected) => {
    expect(issuesOf(check(cells))).toEqual(expected);
  });

  it.each(['a@b.sk;c@d.sk', 'a@b.sk:c@d.sk', 'a@b.sk c@d.sk'])(
    'asks for one agent where there are several: %s',
    (text) => {
      const validation = check({ ...GOOD, favorite_agent: text });
      expect(!validation.ok && validation.issues).toMatchObject([
        { code: 'invalid_email', fix: 'Leave the address of one agent in this cell.' },
      ]);
    },
  );

  it('never repeats the password of a web address in its sentence', () => {
    const validation = check({ ...GOOD, website: 'https://user:secret@firma.sk' });
    expect(!validation.ok && validation.issues[0]?.message).toMatch(/^The web address holds login data/);
  });

  it('says of an empty name what is true of a file and of a mapping', () => {
    const validation = check({ phone: '0903123456' });
    expect(!validation.ok && validation.issues[0]).toMatchObject({
      message: '"name" is empty, and every contact needs one.',
      fix: 'Fill it in; when the whole column is missing, check the spelling of its header or the mapping.',
    });
  });

  it.each<[string, Cells]>([
    ['an e-mail alone', { name: 'Anna', email: 'a@b.sk' }],
    ['a second e-mail alone', { name: 'Anna', email2: 'a@b.sk' }],
    ['a name of one character', { ...GOOD, name: 'Ž' }],
    ['a letter outside the basic plane', { ...GOOD, name: '𠮷野' }],
  ])('takes %s', (_what, cells) => {
    expect(issuesOf(check(cells))).toEqual([]);
  });

  it('refuses an agent that the account does not have, and asks for the form only without an account', () => {
    const cells = { ...GOOD, favorite_agent: 'nobody@firma.sk' };
    expect(issuesOf(check(cells, { agents: new Set(['anna@firma.sk']) }))).toEqual(['favorite_agent agent_not_found']);
    expect(issuesOf(check(cells))).toEqual([]);
  });

  it('leaves an unknown attribute out, or fails the row when the config says so and it is filled', () => {
    const attributes = new Set(['Tier']);
    const kept = check(GOOD, { attributes }, { Tier: 'gold', tier: 'x' });
    expect(kept.ok && kept.contact.attributes).toEqual({ Tier: 'gold' });
    const failing = { attributes, unknownColumns: 'fail' } as const;
    expect(issuesOf(check(GOOD, failing, { Tier: 'gold', tier: 'x' }))).toEqual(['tier unknown_attribute']);
    expect(issuesOf(check(GOOD, failing, { Tier: 'gold', tier: ' ' }))).toEqual([]);
    const offline = check(GOOD, { unknownColumns: 'fail' }, { tier: 'x' });
    expect(offline.ok && offline.contact.attributes).toEqual({ tier: 'x' });
  });

  it('takes attributes up to 255 characters', () => {
    expect(issuesOf(check(GOOD, {}, { Tier: 'ž'.repeat(255) }))).toEqual([]);
    expect(issuesOf(check(GOOD, {}, { Tier: 'ž'.repeat(256) }))).toEqual(['Tier too_long']);
  });

  it("completes national numbers with the row's country, else with the default", () => {
    const phonesOf = (country: string): unknown => {
      const validation = check({ name: 'A', phone: '0664 1234567', country });
      return validation.ok ? validation.contact.phones : issuesOf(validation);
    };
    expect(phonesOf('Austria')).toEqual(['+436641234567']);
    expect(phonesOf('')).toEqual(['phone phone_too_long']);
    expect(check({ name: 'A', phone: '0903123456', country: 'Antarctica' })).toMatchObject({
      ok: true,
      contact: { phones: ['+421903123456'] },
    });
  });

  it.each([
    ['AC', '65432', '+24765432'],
    ['Ascension Island', '65432', '+24765432'],
    ['ascension', '65432', '+24765432'],
    ['TA', '8123', '+2908123'],
    ['Tristan da Cunha', '8123', '+2908123'],
    ['SH', '22345', '+29022345'],
  ])(
    'completes national numbers of %s by its own plan, and gives CloudTalk the code of Saint Helena',
    (country, phone, expected) => {
      expect(check({ name: 'A', phone, country })).toMatchObject({
        ok: true,
        contact: { country: 'SH', phones: [expected] },
      });
      const wrong = check({ name: 'A', phone: '1', country });
      expect(!wrong.ok && wrong.issues[0]?.message).toMatch(/in (Ascension Island|Tristan da Cunha|Saint Helena):/);
    },
  );

  it('reaches every region of libphonenumber from the country of a row', () => {
    const unreached = PHONE_REGIONS.filter((region) => {
      const example = getExampleNumber(region as CountryCode, examples);
      if (!example) return false;
      const phone = example.formatNational();
      const validation = check(
        { name: 'A', phone, country: region },
        { defaultCountry: region === 'SK' ? 'US' : 'SK' },
      );
      return !(validation.ok && validation.contact.phones[0] === example.number);
    });
    expect(unreached).toEqual([]);
  });
});

describe('repairs', () => {
  it('moves phone and e-mail that stand in each other’s column, and says so', () => {
    const validation = check({ name: 'A', phone: 'a@b.sk', email: '0903 123 456' });
    expect(validation).toMatchObject({ ok: true, contact: { phones: ['+421903123456'], emails: ['a@b.sk'] } });
    expect(warningsOf(validation)).toEqual([
      'phone swapped_columns: a@b.sk -> email',
      'email swapped_columns: 0903 123 456 -> phone',
    ]);
  });

  it('moves nothing that could be something else', () => {
    expect(issuesOf(check({ name: 'A', email: '0903123456' }))).toEqual(['email email_is_phone']);
    expect(issuesOf(check({ name: 'A', phone: 'a@b.sk', email: 'c@d.sk' }))).toEqual(['phone phone_is_email']);
    const bothPhones = check({ ...GOOD, email: '+421904123456' });
    expect(bothPhones).toMatchObject({ issues: [{ field: 'email', value: '+421904123456' }], warnings: [] });
    expect(issuesOf(check({ name: 'A', email: '+421903123456' }))).toEqual([]);
  });

  it('notes what it changed in a text, with old and new value', () => {
    const validation = check({ name: '𝐀𝐧𝐧𝐚\u00a0Nováková', phone: '="00421903123456"', zip: '="01001"' });
    expect(validation).toMatchObject({ ok: true, contact: { name: 'Anna Nováková', zip: '01001' } });
    expect(warningsOf(validation)).toEqual([
      'name invisible_characters: 𝐀𝐧𝐧𝐚\u00a0Nováková -> Anna Nováková',
      'name stylised_text: 𝐀𝐧𝐧𝐚\u00a0Nováková -> Anna Nováková',
      'zip excel_formula: ="01001" -> 01001',
      'phone excel_formula: ="00421903123456" -> +421903123456',
    ]);
  });

  it.each([
    ['phone', '\u00a00903123456', '+421903123456'],
    ['phone', '0903123456\u3000', '+421903123456'],
    ['phone', '\ufeff0903123456', '+421903123456'],
    ['phone', '0903\u200d123456', '+421903123456'],
    ['phone', '+421\u200c903123456', '+421903123456'],
    ['phone', '0904123456:\u00a00903123456', '+421903123456'],
    ['email', 'a@b.sk\u00a0', 'a@b.sk'],
    ['website', '\u00a0www.b.sk', 'www.b.sk'],
  ])('notes what is invisible in a %s: %j', (field, text, to) => {
    const { warnings } = check({ name: 'A', phone: '0903123456', [field]: text });
    expect(warnings).toMatchObject([{ field, code: 'invisible_characters', to }]);
  });

  it('notes what was invisible between several numbers, beside the wrong separator', () => {
    expect(warningsOf(check({ name: 'A', phone: '0903123456;\u00a00904123456' }))).toEqual(
      ['+421903123456', '+421904123456'].flatMap((to) => [
        `phone invisible_characters: 0903123456;\u00a00904123456 -> ${to}`,
        `phone other_separator: 0903123456;\u00a00904123456 -> ${to}`,
      ]),
    );
  });

  it('says nothing of plain spaces, tabs, line ends and full-width digits, and notes any other style of digits', () => {
    expect(warningsOf(check({ name: ' A ', phone: ' \t0903123456\r\n', email: ' a@b.sk ' }))).toEqual([]);
    expect(warningsOf(check({ name: 'A', phone: '０９０３１２３４５６' }))).toEqual([]);
    expect(warningsOf(check({ name: 'A', phone: '⓪⑨⓪③①②③④⑤⑥' }))).toEqual([
      'phone stylised_text: ⓪⑨⓪③①②③④⑤⑥ -> +421903123456',
    ]);
  });

  it('believes another separator when each part is valid by itself', () => {
    const validation = check({ name: 'A', phone: '0903123456; 0904123456', email: 'a@b.sk,c@d.sk' });
    expect(validation).toMatchObject({
      ok: true,
      contact: { phones: ['+421903123456', '+421904123456'], emails: ['a@b.sk', 'c@d.sk'] },
    });
    expect(check({ name: 'A', phone: '0903123456;', email: 'a@b.sk, ;' })).toMatchObject({
      contact: { phones: ['+421903123456'], emails: ['a@b.sk'] },
    });
    expect(issuesOf(check({ name: 'A', phone: '0903123456; 090412345' }))).toEqual(['phone invalid_phone']);
    expect(issuesOf(check({ name: 'A', phone: ';', email: 'a@b.sk;c' }))).toEqual([
      'phone invalid_phone',
      'email invalid_email',
    ]);
  });
});

const TOO_LONG = ['phone too_long', 'email too_long', 'tags too_long'];

describe('the table of issues', () => {
  it('has one line for every code, and a sentence without empty places for every case', () => {
    expect(ISSUE_TABLE.map(({ code }) => code)).toEqual(ISSUE_CODES);
    for (const { message, fix } of Object.values(ISSUE_CASES)) {
      expect(message).toMatch(/[.}]$/);
      expect(fix).toMatch(/\.$/);
    }
  });

  it('carries at most 200 characters of a value, and fewer in a sentence', () => {
    const validation = check({ name: 'A', phone: '9'.repeat(5000) });
    const [issue] = validation.ok ? [] : validation.issues;
    expect(issue?.value).toHaveLength(200);
    expect(issue?.message.length).toBeLessThan(150);
  });

  it('shows in one line what a value has of line breaks and control characters, and where the first of them is', () => {
    const validation = check(
      { name: 'A', phone: '12\r\n3\n', country: 'Bad\ncountry' },
      {},
      { 'Two\nlines': '𝐀b\u0007' },
    );
    expect(!validation.ok && validation.issues.map(({ message }) => message)).toEqual([
      '"Bad↵country" is not recognised as a country.',
      '"12↵3" has too few digits for a phone number in Slovakia: 3, where 6, 7 or 9 are needed.',
      '"Two↵lines" holds a character that is no text (U+0007) at position 3: "𝐀b\\u0007".',
    ]);
  });

  it('holds the first thousand issues and warnings of a row, however many values its cells have', () => {
    const tags = Array.from({ length: 1500 }, (_, number) => `\u00a0${number}`).join(':');
    const validation = check({ name: 'A', phone: 'x:'.repeat(900), email: 'a@b:'.repeat(900), tags });
    expect(issuesOf(validation)).toHaveLength(1000);
    expect(validation.warnings).toHaveLength(1000);
    expect(JSON.stringify(validation).length).toBeLessThan(1_000_000);
  });

  it('reads a thousand values in a cell, and refuses one of more with their number', () => {
    const numbers = Array.from({ length: 1001 }, (_, index) => `+421905${String(index).padStart(6, '0')}`);
    const phones = (count: number) => check({ name: 'A', phone: numbers.slice(0, count).join(':') });
    expect(phones(1000)).toMatchObject({ contact: { phones: { length: 1000 } } });
    expect(phones(1001)).toMatchObject({
      issues: [{ code: 'too_many', message: '"phone" holds 1001 values in one cell, and at most 1000 are read.' }],
    });
  });

  it.each(['x:', '12:', '4.2E+11:', 'a@b:', 'a@b.sk ', '0905123456/', ' - ', '"', ':'])(
    'is not kept waiting by megabytes of %j in each cell',
    (text) => {
      const cell = text.repeat(5_000_000 / text.length);
      const validation = check({ name: 'A', phone: cell, email: cell, tags: cell, country: cell });
      expect(issuesOf(validation)).toEqual(['country invalid_country', ...TOO_LONG]);
    },
    20_000,
  );

  it('never leaves a place of a sentence unfilled', () => {
    const rows = ['call me', '4.2E+11', '12', 'a@b.sk', '0'.repeat(30), '0903 x', '1234567', ''];
    const sentences = rows.flatMap((phone) => {
      const validation = check({ name: '', phone, email: 'Anna <a@b.sk>:0903123456:x', country: 'Congo' });
      return validation.ok ? [] : validation.issues.flatMap(({ message, fix }) => [message, fix]);
    });
    expect(sentences.filter((sentence) => /[{}]|undefined|""/.test(sentence))).toEqual([]);
    expect(sentences.length).toBeGreaterThan(60);
  });
});

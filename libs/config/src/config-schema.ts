import { count, duration, REPORT_PARTS, type ReportPart, share, size } from '@cloudtalk-sync/connector-kit';
import { doNotCallSchema, listsSchema, mappingSchema, onDeleteSchema, onMergeSchema } from '@cloudtalk-sync/mapping';
import { CronTime } from 'cron';
import { isSupportedCountry } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { Schedule } from './sync-config.js';

const WRITE_KEY = 'Write it in quotes, or as ${NAME} the name of an environment variable that holds it.';

const secret = z
  .string({ error: `A part of the API key must be a text. ${WRITE_KEY}` })
  .min(1, { error: `This part of the API key is empty. ${WRITE_KEY}` });

const NO_COUNTRY = 'This is no country. Write its two letters (ISO 3166-1 alpha-2), such as SK or US.';

const country = z
  .string({ error: NO_COUNTRY })
  .transform((text) => text.trim().toUpperCase())
  .refine((code) => isSupportedCountry(code), { error: NO_COUNTRY })
  .meta({ description: 'Completes national phone numbers, as the account setting does: SK' });

const baseUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:\/\//i.test(text), {
    error: 'This is no address. Write one that begins with https://, such as https://my.cloudtalk.io/api.',
  })
  .transform((text) => text.replace(/\/+$/, ''));

export const cloudtalkSchema = z.strictObject({
  baseUrl: baseUrl.default('https://my.cloudtalk.io/api'),
  accessKeyId: secret,
  accessKeySecret: secret,
  defaultCountry: country,
  operationsPerMinute: count.default(60).meta({ description: 'What CloudTalk allows to the whole company' }),
  share: share.default(0.8).meta({ description: 'The part of it that is ours: 80%' }),
  requestTimeout: duration.default(30_000),
  settle: duration
    .default(60_000)
    .meta({ description: 'How long after a lost answer the look-up waits; longer than requestTimeout' }),
  directoryMaxAge: duration.default(3_600_000).meta({ description: 'The directory is read again when it is older' }),
  contactUrl: z
    .string()
    .refine((text) => /^https?:\/\//i.test(text) && text.includes('{{ id }}'), {
      error: 'Write an address with the place of the contact id, such as https://dashboard.example/contacts/{{ id }}.',
    })
    .optional()
    .meta({
      description: "The address of a contact in CloudTalk's dashboard, with {{ id }}; what report: link writes",
    }),
});

const REPORT_MEANINGS: Readonly<Record<ReportPart, string>> = {
  status: 'imported, failed or skipped',
  code: 'Why it failed, as a code',
  message: 'Why it failed or was skipped, in a sentence',
  contactId: 'The id of the CloudTalk contact',
  link: 'The address of the CloudTalk contact, by cloudtalk.contactUrl',
  time: 'When the outcome last changed',
};

const reportSchema = z.strictObject(
  Object.fromEntries(
    REPORT_PARTS.map((part) => [part, z.string().min(1).optional().meta({ description: REPORT_MEANINGS[part] })]),
  ) as Record<ReportPart, z.ZodOptional<z.ZodString>>,
);

const limits = {
  maxFileSize: size.optional().meta({ description: 'A larger file is refused as a whole: 8MB' }),
  stopAfterFailures: count.optional().meta({ description: 'A run is stopped at this many failed rows' }),
  stopAtFailureShare: share.optional().meta({
    description:
      'A run is stopped when so many of its first 100 rows fail, to catch a wrong mapping early: 80%; left out: never for that',
  }),
  unknownColumns: z
    .enum(['warn', 'fail'])
    .optional()
    .meta({ description: 'What becomes of a file with columns that nothing maps' }),
};

const NO_SCHEDULE = "This is no schedule. Write { cron: '0 2 * * *', timezone: Europe/Bratislava } or { every: 30s }.";

const scheduleSchema = z
  .strictObject(
    { cron: z.string().optional(), timezone: z.string().optional(), every: duration.optional() },
    { error: (issue) => (issue.code === 'invalid_type' ? NO_SCHEDULE : undefined) },
  )
  .transform((raw, context): Schedule => {
    if (raw.every !== undefined && raw.cron === undefined && raw.timezone === undefined) {
      return { kind: 'every', every: raw.every };
    }
    if (raw.cron === undefined || raw.every !== undefined) {
      context.addIssue({ code: 'custom', message: NO_SCHEDULE });
      return z.NEVER;
    }
    const timezone = raw.timezone ?? 'UTC';
    if (!isTimezone(timezone)) {
      const message = 'This time zone is not known. Write a name of the IANA list, such as Europe/Bratislava or UTC.';
      context.addIssue({ code: 'custom', path: ['timezone'], message });
    }
    const wrong = whatIsWrongWith(raw.cron);
    if (wrong !== undefined) {
      const message = `This is no cron expression (${wrong}). Write minute, hour, day, month and weekday, such as '0 2 * * *' for 02:00 each night.`;
      context.addIssue({ code: 'custom', path: ['cron'], message });
    }
    return { kind: 'cron', cron: raw.cron, timezone };
  });

const connectionSchema = z.strictObject({
  id: z
    .string({ error: 'This is no id. Write a short name of letters, digits, - and _.' })
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/i, {
      error: 'This cannot be an id. Write at most 63 letters, digits, - and _, beginning with a letter or digit.',
    }),
  connector: z.string(),
  schedule: scheduleSchema.optional(),
  options: z.unknown().optional(),
  tag: z.string().min(1).optional().meta({ description: 'Put on every contact of the import' }),
  mapping: mappingSchema.optional(),
  lists: listsSchema.prefault({}),
  report: reportSchema.optional().meta({
    description: 'Which fields of the source take the outcome back: { status: CloudTalk_Status__c }',
  }),
  full: z
    .enum(['daily', 'weekly', 'monthly', 'never'], { error: 'Write daily, weekly, monthly or never.' })
    .optional()
    .meta({ description: 'How often everything is read, not only what changed; default weekly' }),
  onDelete: onDeleteSchema.optional(),
  onMerge: onMergeSchema.optional(),
  mostErased: z
    .int({ error: 'Write a whole number of records, at least 1.' })
    .min(1, { error: 'Write a whole number of records, at least 1.' })
    .optional()
    .meta({
      description:
        'So many records that are erased at once are believed; by default 50, or a tenth of all where that is more',
    }),
  doNotCall: doNotCallSchema
    .optional()
    .meta({ description: 'Who must not be called, and what becomes of them; by default everybody is pushed' }),
  ...limits,
});

/** The file as a person writes it, without the connectors' own options. */
export const configSchema = z.strictObject({
  cloudtalk: cloudtalkSchema,
  imports: z.strictObject(limits).optional().meta({ description: 'Defaults; a connection may override each' }),
  connections: z.array(connectionSchema, { error: 'This is no list. Begin each connection with "- id: ...".' }),
});
export type ParsedConfig = z.infer<typeof configSchema>;

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function whatIsWrongWith(cron: string): string | undefined {
  try {
    if (cron.trim() === '') return 'it is empty';
    return comesEver(new CronTime(cron, 'UTC')) ? undefined : 'no such date ever comes';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** False for the 31st of February. */
function comesEver(time: CronTime): boolean {
  try {
    time.sendAt();
    return true;
  } catch {
    return false;
  }
}

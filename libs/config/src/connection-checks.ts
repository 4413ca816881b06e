import { resolve } from 'node:path';
import { type Connector, parseDuration } from '@cloudtalk-sync/connector-kit';
import { closest } from './closest.js';
import { explainIssues, type Finding } from './explain.js';
import { checkEchoes, checkFieldNames, checkRepeatedFields } from './field-names.js';
import { toJsonSchema } from './json-schema.js';
import type { Path } from './yaml-document.js';

type Raw = Readonly<Record<string, unknown>>;

/** What the connectors make of the options in the file, and what is wrong between several places of it. */
export interface Checked {
  /** By the place of the connection in the file. */
  readonly options: ReadonlyMap<number, unknown>;
  readonly findings: readonly Finding[];
}

/**
 * Checks what no schema of a single place can see. Looks at the file as it was written, so that these problems are
 * listed together with the others.
 */
export async function checkTogether(value: unknown, connectors: readonly Connector[]): Promise<Checked> {
  const connections = isGroup(value) && Array.isArray(value['connections']) ? (value['connections'] as unknown[]) : [];
  const findings = [
    ...checkSettle(value),
    ...checkIds(connections),
    ...checkPlaces(connections),
    ...checkLinks(value, connections),
  ];
  const options = new Map<number, unknown>();
  for (const [index, raw] of connections.entries()) {
    if (!isGroup(raw)) continue;
    const checked = await checkConnection(raw, ['connections', index], connectors);
    findings.push(...checked.findings);
    if ('options' in checked) options.set(index, checked.options);
  }
  return { options, findings };
}

async function checkConnection(
  raw: Raw,
  path: Path,
  connectors: readonly Connector[],
): Promise<{ readonly findings: readonly Finding[]; readonly options?: unknown }> {
  const connector = connectors.find(({ type }) => type === raw['connector']);
  if (!connector)
    return {
      findings: typeof raw['connector'] === 'string' ? [unknownConnector(raw['connector'], path, connectors)] : [],
    };
  const given = raw['options'] ?? {};
  const parsed = await connector.optionsSchema.safeParseAsync(given);
  const issues = parsed.success ? [] : explainIssues(parsed.error.issues, given, toJsonSchema(connector.optionsSchema));
  const findings = issues.map((finding) => ({ ...finding, path: [...path, 'options', ...finding.path] }));
  const unmapped = connector.hasTemplate || raw['mapping'] !== undefined ? [] : [noMapping(connector.type, path)];
  const reported = connector.hasTemplate && raw['report'] !== undefined ? [noFieldReport(connector.type, path)] : [];
  const needless = connector.hasTemplate
    ? onlyForRecords(raw, connector.type, path)
    : [...checkEchoes(raw, path), ...checkRepeatedFields(raw, path)];
  return {
    findings: [...findings, ...unmapped, ...reported, ...needless, ...checkFieldNames(raw, path, connector)],
    ...(parsed.success ? { options: parsed.data } : {}),
  };
}

/** What only a source can follow that keeps its records. */
function onlyForRecords(raw: Raw, type: string, path: Path): readonly Finding[] {
  return ['full', 'onDelete', 'onMerge', 'mostErased'].flatMap((key) =>
    raw[key] === undefined
      ? []
      : [
          {
            path: [...path, key],
            message: `A ${type} does not say which records were changed, deleted or merged, so ${key} means nothing here.`,
            expected: `Leave ${key} out.`,
          },
        ],
  );
}

/** The link to a contact can be written only when its address is known. */
function checkLinks(value: unknown, connections: readonly unknown[]): readonly Finding[] {
  const cloudtalk = isGroup(value) && isGroup(value['cloudtalk']) ? value['cloudtalk'] : {};
  if (cloudtalk['contactUrl'] !== undefined) return [];
  return connections.flatMap((raw, index) =>
    isGroup(raw) && isGroup(raw['report']) && raw['report']['link'] !== undefined
      ? [
          {
            path: ['connections', index, 'report', 'link'],
            message: 'The address of a contact in the dashboard is not known.',
            expected: 'Write cloudtalk.contactUrl, an address with {{ id }} in it, or leave link out.',
          },
        ]
      : [],
  );
}

function unknownConnector(type: string, path: Path, connectors: readonly Connector[]): Finding {
  const types = connectors.map((connector) => connector.type);
  const meant = closest(type, types);
  const list = `Write one of ${types.join(', ')}.`;
  return {
    path: [...path, 'connector'],
    message: `There is no connector "${type}".`,
    expected: meant === undefined ? list : `Did you mean "${meant}"? ${list}`,
  };
}

function noMapping(type: string, path: Path): Finding {
  return {
    path: [...path, 'mapping'],
    message: `It is missing, and the fields of ${type} have no order that CloudTalk knows.`,
    expected:
      "Write mapping: with at least a name and a phone or e-mail, as { name: '{{ FirstName }} {{ LastName }}', phone: Phone }.",
  };
}

function noFieldReport(type: string, path: Path): Finding {
  return {
    path: [...path, 'report'],
    message: `A ${type} has no fields that could take an outcome back; its outcomes lie in reports/ beside the files.`,
    expected: 'Leave report out.',
  };
}

function checkIds(connections: readonly unknown[]): readonly Finding[] {
  const ids = connections.map((raw) => (isGroup(raw) ? raw['id'] : undefined));
  return ids.flatMap((id, index) =>
    typeof id === 'string' && ids.indexOf(id) < index
      ? [
          {
            path: ['connections', index, 'id'],
            message: `The id "${id}" is taken by connections[${ids.indexOf(id)}].`,
            expected: 'Give each connection an id of its own.',
          },
        ]
      : [],
  );
}

/** Two connections must not take the files of one place from each other. */
function checkPlaces(connections: readonly unknown[]): readonly Finding[] {
  const places = connections.map(placeOf);
  return places.flatMap((place, index) => {
    const first = places.indexOf(place);
    if (place === undefined || first === index) return [];
    return [
      {
        path: ['connections', index, 'options', 'path'],
        message: `connections[${first}]${quotedId(connections[first])} uses the same path.`,
        expected: 'Give each connection a path of its own.',
      },
    ];
  });
}

/** The connector and the whole path of a connection; undefined when its options have no path. */
function placeOf(raw: unknown): string | undefined {
  if (!isGroup(raw) || !isGroup(raw['options'])) return undefined;
  const { path } = raw['options'];
  return typeof path === 'string' && path !== '' ? JSON.stringify([raw['connector'], resolve(path)]) : undefined;
}

function quotedId(raw: unknown): string {
  return isGroup(raw) && typeof raw['id'] === 'string' ? ` ("${raw['id']}")` : '';
}

/** The look-up after a lost answer must come when the request can no longer be on its way. */
function checkSettle(value: unknown): readonly Finding[] {
  const cloudtalk = isGroup(value) && isGroup(value['cloudtalk']) ? value['cloudtalk'] : {};
  const timeout = durationOf(cloudtalk['requestTimeout'], '30s');
  const settle = durationOf(cloudtalk['settle'], '60s');
  if (timeout === undefined || settle === undefined || settle > timeout) return [];
  return [
    {
      path: ['cloudtalk', 'settle' in cloudtalk ? 'settle' : 'requestTimeout'],
      message:
        'settle is not longer than requestTimeout, so a request might still be on its way when its look-up comes.',
      expected: 'Make settle longer than requestTimeout, such as twice as long.',
    },
  ];
}

function durationOf(value: unknown, otherwise: string): number | undefined {
  if (value !== undefined && typeof value !== 'string') return undefined;
  return parseDuration(value ?? otherwise);
}

function isGroup(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

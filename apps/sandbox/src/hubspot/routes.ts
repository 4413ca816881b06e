import { type HttpAnswer, json, missingScope, problem } from './answers.js';
import type { ApiRequest, Context, RequestKind } from './api-request.js';
import { readCompanies, readContacts, type Spoilt, updateContacts } from './batches.js';
import type { HubSpotSandboxOptions } from './options.js';
import type { Portal } from './portal.js';
import { createGroup, createProperty, readOneProperty, readProperties } from './property-routes.js';
import { listContacts, listMembers, listOwners, readContact, readList, search } from './reading-routes.js';

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly kind: RequestKind;
  readonly scope?: string;
  readonly answer: (context: Context) => HttpAnswer;
}

const READ = 'crm.objects.contacts.read';
const ROUTES: readonly Route[] = [
  route('POST /crm/v3/objects/contacts/search', 'search', search, READ),
  route('GET /crm/v3/objects/contacts', 'list', listContacts, READ),
  route(
    'POST /crm/v3/objects/contacts/batch/read',
    'batch read',
    ({ portal, body, query }) => readContacts(portal, body, query.get('archived') === 'true'),
    READ,
  ),
  route(
    'POST /crm/v3/objects/contacts/batch/update',
    'batch update',
    ({ portal, body, options, spoilt }) => updateContacts(portal, body, options.unknownIds ?? 'dropped', spoilt),
    'crm.objects.contacts.write',
  ),
  route('GET /crm/v3/objects/contacts/*', 'contact', readContact, READ),
  route(
    'POST /crm/v3/objects/companies/batch/read',
    'companies',
    ({ portal, body }) => readCompanies(portal, body),
    'crm.objects.companies.read',
  ),
  route('GET /crm/v3/owners/', 'owners', listOwners, 'crm.objects.owners.read'),
  route('GET /crm/v3/properties/*', 'properties', readProperties, 'crm.schemas.contacts.read'),
  route('GET /crm/v3/properties/*/*', 'properties', readOneProperty, 'crm.schemas.contacts.read'),
  route('POST /crm/v3/properties/contacts', 'properties', createProperty, 'crm.schemas.contacts.write'),
  route('POST /crm/v3/properties/contacts/groups', 'properties', createGroup, 'crm.schemas.contacts.write'),
  route('GET /crm/v3/lists/*', 'other', readList, 'crm.lists.read'),
  route('GET /crm/v3/lists/*/memberships', 'members', listMembers, 'crm.lists.read'),
  route('GET /account-info/v3/details', 'account', ({ options }) =>
    json(200, {
      portalId: options.portalId ?? 4242,
      accountType: 'STANDARD',
      timeZone: options.timeZone ?? 'Europe/Bratislava',
      utcOffset: '+01:00',
      uiDomain: 'app.hubspot.com',
    }),
  ),
];

export function kindOf({ method, path }: ApiRequest): RequestKind {
  return routeOf(method, path)?.kind ?? 'other';
}

/** Carries out one request as HubSpot documents it. */
export function answerApi(
  portal: Portal,
  options: HubSpotSandboxOptions,
  request: ApiRequest,
  spoilt?: Spoilt,
): HttpAnswer {
  const found = routeOf(request.method, request.path);
  if (found === undefined) return problem(404, 'OBJECT_NOT_FOUND', 'resource not found');
  if (found.scope !== undefined && (options.missingScopes ?? []).includes(found.scope)) {
    return missingScope([found.scope]);
  }
  const names = (found.path.exec(request.path) ?? []).slice(1).map(decodeURIComponent);
  return found.answer({ ...request, portal, options, names, spoilt });
}

function route(pattern: string, kind: RequestKind, answer: Route['answer'], scope?: string): Route {
  const [method = '', path = ''] = pattern.split(' ');
  const regex = new RegExp(`^${path.replace(/\/$/, '').replaceAll('*', '([^/]+)')}/?$`);
  return { method, path: regex, kind, answer, ...(scope === undefined ? {} : { scope }) };
}

function routeOf(method: string, path: string): Route | undefined {
  return ROUTES.find((one) => one.method === method && one.path.test(path));
}

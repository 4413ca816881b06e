import {
  type Claim,
  type Identity,
  identityKey,
  type LinkEntity,
  type RowEntity,
  type RunEntity,
} from '@cloudtalk-sync/store';
import type { Store } from '@cloudtalk-sync/store';
import type { Issue, ValidContact } from '@cloudtalk-sync/validation';
import { identitiesOf, linkKeyOf } from '../identities.js';
import { survivorsOf } from '../intake/survivors.js';

/** A ready row with all that decides what becomes of it. */
export interface Candidate {
  readonly run: RunEntity;
  readonly row: RowEntity;
  readonly contact: ValidContact;
  /** Its own link, when that names its contact. */
  readonly link: LinkEntity | undefined;
  /** Why CloudTalk refused just this contact for this record before; absent when it did not. */
  readonly refused: readonly Issue[] | undefined;
  /** The contact it goes into: its link's, else by phone, else by e-mail. */
  readonly contactId: number | undefined;
  /** What the directory says of its contact where its link names none; to be verified. */
  readonly match: Match | undefined;
  /**
   * Whether its contact is to be searched live: CloudTalk has lost the one it had, or the directory cannot be relied on.
   * Never while its link names one: a link beats a search.
   */
  readonly searchFirst: boolean;
  /** Numbers and e-mails that its record had in a contact which CloudTalk has lost, and has no more itself. */
  readonly former: readonly Identity[];
  /** The keys of the records with ids that were folded into the row. */
  readonly folded: readonly string[];
  /** In a preview, where nothing is handed down: the contact that the record would have which this one went into. */
  readonly handedDown: number | undefined;
  /** What no other command may touch while this row is on its way. */
  readonly claims: readonly Claim[];
  /** True while another row holds one of its claims. */
  readonly isHeld: boolean;
}

/** How many ready rows are looked at together: three batches, since some rows wait for others. */
const PAGE = 30;

/** The ready rows of these runs in their order, with what is known of their contacts. */
export async function* candidates(store: Store, runs: readonly RunEntity[], now: Date): AsyncGenerator<Candidate> {
  for (const run of runs) {
    const heirs = await heirsOf(store, run);
    let after = 0;
    for (;;) {
      const rows = await store.deliveries.readyRows(run.id, after, PAGE);
      const last = rows[rows.length - 1];
      if (last === undefined) break;
      yield* await withContacts(store, run, rows, heirs, now);
      after = last.number;
    }
  }
}

/** The contacts that a preview does not hand down, by how their records went and the key of the one that would get each. */
type Heirs = ReadonlyMap<string, number>;

async function heirsOf(store: Store, run: RunEntity): Promise<Heirs> {
  const heirs = run.kind === 'preview' ? await store.heirs.of(run, await survivorsOf(store, run)) : [];
  return new Map(heirs.map(({ contactId, how, key }) => [`${how} ${key}`, contactId]));
}

async function withContacts(
  store: Store,
  run: RunEntity,
  rows: readonly RowEntity[],
  heirs: Heirs,
  now: Date,
): Promise<readonly Candidate[]> {
  const keys = rows.flatMap((row) => (row.linkKey === null ? [] : [row.linkKey]));
  const links = new Map(await store.links.ofKeys(run.connectionId, keys));
  for (const key of keys) inherit(links, key, heirs.get(`merged ${key}`), run);
  const identities = rows.flatMap((row) => (row.contact === null ? [] : identitiesOf(row.contact)));
  const directory = await store.directory.find(run.accountId, identities);
  const firsts = rows.filter(({ lastFolded }) => lastFolded !== null).map(({ number }) => number);
  const folded = await store.rows.foldedRecords(run.id, firsts);
  const found = rows.flatMap((row) => withContact(run, row, links, directory, heirs, folded.get(row.number) ?? []));
  const holders = await store.deliveries.holders(
    run.accountId,
    found.flatMap((candidate) => candidate.claims),
    now,
  );
  const held = new Map(holders.map((claim) => [claimKey(claim), claim]));
  return found.map((candidate) => ({
    ...candidate,
    isHeld: candidate.claims.some((claim) => isHeldByOther(held.get(claimKey(claim)), claim)),
  }));
}

function withContact(
  run: RunEntity,
  row: RowEntity,
  links: ReadonlyMap<string, LinkEntity>,
  directory: ReadonlyMap<string, number>,
  heirs: Heirs,
  folded: readonly string[],
): readonly Omit<Candidate, 'isHeld'>[] {
  const contact = row.contact;
  if (contact === null) return [];
  const linked = row.linkKey === null ? undefined : links.get(row.linkKey);
  const link = linked?.contactId == null || isBack(row, linked) ? undefined : linked;
  const match = link === undefined ? matchIn(directory, contact) : undefined;
  const contactId = link?.contactId ?? match?.contactId;
  const claims = claimsOf({ run, row, contact, folded }, contactId);
  const isRefused =
    row.gone === null &&
    run.kind !== 'retry' &&
    linked?.refusedFingerprint != null &&
    linked.refusedFingerprint === row.fingerprint;
  const refused = isRefused ? (linked.refusedIssues ?? undefined) : undefined;
  const before = linked?.gone === null ? (linked.accepted ?? undefined) : undefined;
  const isLost = before !== undefined && linked?.contactId === null;
  const searchFirst = link === undefined && (row.searchFirst || isLost);
  const handedDown =
    row.gone === null ? undefined : heirs.get(`${row.gone.how} ${linkKeyOf(row.gone.into, undefined)}`);
  const former = formerOf(before, contact);
  return [{ run, row, contact, link, refused, contactId, match, searchFirst, former, folded, handedDown, claims }];
}

function formerOf(before: ValidContact | undefined, contact: ValidContact): readonly Identity[] {
  const own = new Set(identitiesOf(contact).map(identityKey));
  return identitiesOf(before ?? { phones: [], emails: [] }).filter((identity) => !own.has(identityKey(identity)));
}

const NOTHING_KNOWN = {
  accepted: null,
  acceptedFingerprint: null,
  acceptedAt: null,
  refusedFingerprint: null,
  refusedIssues: null,
  reported: null,
  toReport: null,
  gone: null,
  endTag: null,
  tagsLeftOut: null,
  brought: null,
};

/** Lets the link of an heir name its contact, or makes one, as handing down does; nothing is stored. */
function inherit(
  links: Map<string, LinkEntity>,
  key: string,
  contactId: number | undefined,
  { accountId, connectionId }: RunEntity,
): void {
  if (contactId === undefined) return;
  const known = { ...NOTHING_KNOWN, accountId, connectionId, key, ...links.get(key) };
  links.set(key, { ...known, contactId, accepted: null, brought: null });
}

/** The record was merged or converted and lives again: its link may speak of the contact of the record that it went into. */
function isBack(row: RowEntity, { accepted, gone }: LinkEntity): boolean {
  return row.gone === null && gone !== null && gone.how !== 'deleted' && accepted === null;
}

/** A contact, and the number or e-mail by which it was matched. */
export interface Match {
  readonly contactId: number;
  readonly by: Identity;
}

/** The contact that a row matches by phone, else by e-mail. */
export function matchIn(directory: ReadonlyMap<string, number>, contact: ValidContact): Match | undefined {
  for (const by of identitiesOf(contact)) {
    const contactId = directory.get(identityKey(by));
    if (contactId !== undefined) return { contactId, by };
  }
  return undefined;
}

/**
 * A row claims its contact's numbers and e-mails, the contact itself once there is one, and those of its records that have
 * an id, its own and the folded ones: a source may repeat a record, and its second version needs the contact that the first
 * one made.
 */
export function claimsOf(
  { run, row, contact, folded }: Pick<Candidate, 'run' | 'row' | 'contact' | 'folded'>,
  contactId: number | undefined,
): readonly Claim[] {
  const own = { runId: run.id, rowNumber: row.number };
  const claims: Claim[] = identitiesOf(contact).map((identity) => ({ ...identity, ...own }));
  const records = new Set(row.recordId === null ? folded : [row.linkKey, ...folded]);
  for (const key of records) claims.push({ kind: 'record', value: `${run.connectionId} ${key}`, ...own });
  if (contactId !== undefined) claims.push({ kind: 'contact', value: String(contactId), ...own });
  return claims;
}

function isHeldByOther(holder: Claim | undefined, claim: Claim): boolean {
  return holder !== undefined && (holder.runId !== claim.runId || holder.rowNumber !== claim.rowNumber);
}

/** One text for what a claim holds, to be used as a key. */
export function claimKey(claim: Pick<Claim, 'kind' | 'value'>): string {
  return `${claim.kind}:${claim.value}`;
}

/** CloudTalk refuses more than ten actions in one bulk request (API reference 1.7, `maxItems`). */
export const MAX_COMMANDS = 10;

/** A list as CloudTalk takes it: what is sent replaces the whole list, and an empty string clears it. */
export type SentList<T> = readonly T[] | '';

/**
 * A contact in CloudTalk's own words. What is absent stays as it is on an edit; an empty string clears a field.
 */
export interface ContactData {
  /** Always sent, also on an edit. */
  readonly name: string;
  readonly title?: string;
  readonly company?: string;
  readonly industry?: string;
  readonly website?: string;
  readonly address?: string;
  readonly city?: string;
  readonly zip?: string;
  readonly state?: string;
  /** From `countries()`; an empty string clears it. */
  readonly country_id?: number | '';
  /** From `agents()`; an empty string clears it. */
  readonly favorite_agent?: number | '';
  /** E.164 with `+`: the document's schema asks for a string in E.164 format, though its example shows a number. */
  readonly ContactNumber?: SentList<{ readonly public_number: string }>;
  readonly ContactEmail?: SentList<{ readonly email: string }>;
  readonly ContactsTag?: SentList<{ readonly name: string }>;
  /** Ids from `attributes()`; a value has at most 255 characters. */
  readonly ContactAttribute?: SentList<{ readonly attribute_id: number; readonly value: string }>;
  /** At most 3; a name has at most 30 characters. */
  readonly ExternalUrl?: SentList<{ readonly name: string; readonly url: string }>;
}

/** One action of a bulk request; its answer is found again by `command_id`, which must be unique in the request. */
export type Command =
  | { readonly action: 'add_contact'; readonly command_id: string; readonly data: ContactData }
  | {
      readonly action: 'edit_contact';
      readonly command_id: string;
      readonly data: ContactData & { readonly id: number };
    }
  | { readonly action: 'delete_contact'; readonly command_id: string; readonly data: { readonly id: number } };

/** CloudTalk's words about each field it refused, by CloudTalk's name of the field (`ContactEmail.email`). */
export type RejectedFields = Readonly<Record<string, readonly string[]>>;

/** What became of one command, as far as CloudTalk said. */
export type CommandAnswer =
  | { readonly kind: 'added'; readonly contactId: number }
  | { readonly kind: 'edited' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'not found'; readonly message: string }
  | { readonly kind: 'rejected'; readonly status: number; readonly message: string; readonly fields: RejectedFields }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'in doubt'; readonly message: string };

/** What became of a bulk request. */
export type BulkResult =
  /** By command id. A command that is absent got no answer: nobody knows whether it was carried out. */
  | { readonly kind: 'answered'; readonly answers: ReadonlyMap<string, CommandAnswer> }
  /** Refused as a whole: nothing was done. */
  | { readonly kind: 'rejected'; readonly status: number; readonly message: string; readonly fields: RejectedFields }
  /** All, some or none of it may have been carried out. */
  | { readonly kind: 'in doubt'; readonly message: string };

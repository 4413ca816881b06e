import { z } from 'zod';
import { junk } from './salesforce-errors.js';
import type { SalesforceOrg } from './salesforce-org.js';

const fieldSchema = z.object({
  name: z.string(),
  type: z.string(),
  /** Characters; 0 for what is no text. */
  length: z.number().default(0),
  updateable: z.boolean(),
  relationshipName: z.string().nullish(),
  referenceTo: z.array(z.string()).nullish(),
  unique: z.boolean().nullish(),
  restrictedPicklist: z.boolean().nullish(),
  picklistValues: z.array(z.object({ value: z.string(), active: z.boolean() })).nullish(),
});
export type FieldDescription = z.infer<typeof fieldSchema>;

const objectSchema = z.object({
  name: z.string(),
  queryable: z.boolean(),
  updateable: z.boolean(),
  fields: z.array(fieldSchema),
});
export type ObjectDescription = z.infer<typeof objectSchema>;

/** What describe() says of objects, asked once for each until it is forgotten. */
export class ObjectDescriptions {
  readonly #known = new Map<string, Promise<ObjectDescription>>();

  constructor(private readonly org: SalesforceOrg) {}

  /** Throws FatalError when there is no such object, or the user may not see it. */
  of(object: string, signal: AbortSignal): Promise<ObjectDescription> {
    const known = this.#known.get(object);
    if (known !== undefined) return known;
    const asked = this.#ask(object, signal);
    this.#known.set(object, asked);
    asked.catch(() => this.#known.delete(object));
    return asked;
  }

  forget(): void {
    this.#known.clear();
  }

  async #ask(object: string, signal: AbortSignal): Promise<ObjectDescription> {
    const answer = objectSchema.safeParse(await this.org.call(signal, (connection) => connection.describe(object)));
    if (!answer.success) throw junk(`the description of ${object} is not one`);
    return answer.data;
  }
}

/** A field by its name, whatever its case. */
export function fieldNamed({ fields }: ObjectDescription, name: string): FieldDescription | undefined {
  return fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
}

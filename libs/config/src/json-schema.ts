import type { Connector } from '@cloudtalk-sync/connector-kit';
import { z } from 'zod';
import { configSchema } from './config-schema.js';

type JsonSchema = Record<string, unknown>;

/** The JSON Schema of the config file, for editors: also the options of each connector. */
export function configJsonSchema(connectors: readonly Connector[]): JsonSchema {
  const schema = toJsonSchema(configSchema);
  const connection = connectionOf(schema);
  const properties = connection['properties'] as Record<string, JsonSchema>;
  properties['connector'] = { enum: connectors.map(({ type }) => type) };
  connection['allOf'] = connectors.map((connector) => ({
    if: { properties: { connector: { const: connector.type } } },
    then: {
      properties: { options: withoutHead(toJsonSchema(connector.optionsSchema)) },
      ...(connector.hasTemplate ? {} : { required: ['mapping'] }),
    },
  }));
  return {
    ...schema,
    title: 'cloudtalk-sync config',
    description: 'What is imported into CloudTalk, from where and when',
  };
}

/** What a schema takes from the file (not what it makes of it); what JSON Schema cannot say is left open. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-7' }) as JsonSchema;
}

function connectionOf(schema: JsonSchema): JsonSchema {
  const { connections } = schema['properties'] as { connections: { items: JsonSchema } };
  return connections.items;
}

function withoutHead({ $schema: _head, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

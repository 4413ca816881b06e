import { type HttpAnswer, json, problem } from './answers.js';
import type { Context } from './api-request.js';
import { readProperty } from './property.js';

export function readProperties({ portal, names: [object = ''] }: Context): HttpAnswer {
  const known = object === 'contacts' || object === 'companies' ? portal.properties[object] : undefined;
  if (known === undefined) return problem(400, 'VALIDATION_ERROR', `Unable to infer object type from: ${object}`);
  return json(200, { results: [...known.values()] });
}

export function readOneProperty({ portal, names: [object, name = ''] }: Context): HttpAnswer {
  const found = object === 'contacts' ? portal.properties.contacts.get(name) : undefined;
  return found === undefined ? problem(404, 'OBJECT_NOT_FOUND', `Property ${name} does not exist`) : json(200, found);
}

export function createProperty({ portal, body }: Context): HttpAnswer {
  const made = readProperty(body);
  if (made === undefined) return problem(400, 'VALIDATION_ERROR', 'Invalid input JSON: not a property');
  if (portal.properties.contacts.has(made.name)) {
    return problem(409, 'OBJECT_ALREADY_EXISTS', `A property named '${made.name}' already exists.`);
  }
  if (!portal.propertyGroups.has(made.groupName)) {
    return problem(400, 'VALIDATION_ERROR', `Property group ${made.groupName} does not exist`);
  }
  portal.properties.contacts.set(made.name, made);
  return json(201, made);
}

export function createGroup({ portal, body }: Context): HttpAnswer {
  const { name, label } = body;
  if (typeof name !== 'string' || typeof label !== 'string') {
    return problem(400, 'VALIDATION_ERROR', 'Invalid input JSON: not a property group');
  }
  if (portal.propertyGroups.has(name)) {
    return problem(409, 'OBJECT_ALREADY_EXISTS', `A property group named '${name}' already exists.`);
  }
  portal.propertyGroups.add(name);
  return json(201, { name, label, displayOrder: -1, archived: false });
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Json;
}

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content?: unknown };
  readonly responses: Readonly<Record<string, { readonly content?: unknown }>>;
}

/** An operation of the description that a request is for. */
export interface MatchedOperation {
  readonly operationId: string;
  /** Of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Problems of a request, as sentences. */
  checkRequest(query: URLSearchParams, body: unknown): string[];
  /** Problems of an answer. */
  checkResponse(status: number, body: unknown): string[];
}

const description: {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, unknown>>;
  readonly components: unknown;
} = JSON.parse(readFileSync(join(import.meta.dirname, 'openapi.json'), 'utf8'));

// Compiled for a few bodies each: code that is quick to make, not to run.
const quickly = { code: { optimize: false }, inlineRefs: false };
const ajv = new Ajv({ strict: false, allErrors: true, logger: false, ...quickly });
addFormats.default(ajv);
ajv.addSchema({ ...description, $id: 'openapi' });
// Parameters arrive as text: `per_page=100` is an integer.
const ajvOfParameters = new Ajv({ strict: false, allErrors: true, coerceTypes: true, logger: false });
addFormats.default(ajvOfParameters);

const paths = Object.keys(description.paths)
  .map((template) => ({ template, pattern: templatePattern(template) }))
  // `/issues/comments/{comment_id}` before `/issues/{issue_number}/comments`.
  .sort((a, b) => a.template.split('{').length - b.template.split('{').length);

/** Finds the operation of GitHub's OpenAPI description that a request is for; undefined where our extract has none. */
export function matchOperation(method: string, path: string): MatchedOperation | undefined {
  for (const { template, pattern } of paths) {
    const operation = description.paths[template]?.[method.toLowerCase()];
    const match = operation === undefined ? null : pattern.exec(path);
    if (operation === undefined || match === null) continue;
    const parameters = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
    const place = ['paths', template, method.toLowerCase()];
    return {
      operationId: operation.operationId,
      parameters,
      checkRequest: (query, body) => [
        ...checkParameters(operation, parameters, query),
        ...checkRequestBody(operation, place, body),
      ],
      checkResponse: (status, body) => checkResponse(operation, place, status, body),
    };
  }
  return undefined;
}

/** Problems of a webhook's body. */
export function checkPayload(event: string, action: string | undefined, payload: unknown): string[] {
  const name = (action === undefined ? event : `${event}-${action}`).replaceAll('_', '-');
  if (description.webhooks[name] === undefined) return [`openapi.json has no webhook ${name}`];
  return check(schemaAt(['webhooks', name]), payload, 'webhook');
}

function checkParameters(
  operation: Operation,
  inPath: Readonly<Record<string, string>>,
  query: URLSearchParams,
): string[] {
  const unknown = [...query.keys()].filter(
    (key) => !operation.parameters.some((p) => p.in === 'query' && p.name === key),
  );
  return [
    ...unknown.map((key) => `query parameter ${key} is not described`),
    ...operation.parameters
      .filter((parameter) => parameter.in !== 'header')
      .flatMap((parameter) => {
        const value = parameter.in === 'path' ? inPath[parameter.name] : (query.get(parameter.name) ?? undefined);
        if (value === undefined) return parameter.required ? [`parameter ${parameter.name} is missing`] : [];
        const validate = ajvOfParameters.compile({ type: 'object', properties: { value: parameter.schema } });
        return check(validate, { value }, `parameter ${parameter.name}`);
      }),
  ];
}

function checkRequestBody(operation: Operation, place: readonly string[], body: unknown): string[] {
  const described = operation.requestBody;
  if (described?.content === undefined) return [];
  if (body === undefined) return described.required === true ? ['the request has no body'] : [];
  return check(schemaAt([...place, 'requestBody']), body, 'request');
}

function checkResponse(operation: Operation, place: readonly string[], status: number, body: unknown): string[] {
  const described = operation.responses[String(status)];
  if (described !== undefined) {
    return described.content === undefined
      ? []
      : check(schemaAt([...place, 'responses', String(status)]), body, `answer ${status}`);
  }
  // What any operation may answer is not described with each.
  if (status < 400) return [`status ${status} is not described`];
  return check(ajv.getSchema('openapi#/components/schemas/basic-error'), body, `answer ${status}`);
}

function schemaAt(place: readonly string[]): ValidateFunction | undefined {
  const pointer = [...place, 'content', 'application/json', 'schema'].map((step) =>
    encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  return ajv.getSchema(`openapi#/${pointer.join('/')}`);
}

function check(validate: ValidateFunction | undefined, value: unknown, what: string): string[] {
  if (validate === undefined) return [`openapi.json has no schema for the ${what}`];
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map((error) => `${what}${error.instancePath} ${error.message ?? 'does not fit'}`);
}

function templatePattern(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

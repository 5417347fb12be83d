// Run by hand when GitHub's description changes, in a temporary directory (the package is 385 MB, so it is no dependency):
//   npm install --ignore-scripts @octokit/openapi@23.0.2
//   node REPOSITORY/stand-ins/github/extract-openapi.ts node_modules/@octokit/openapi/generated/api.github.com.json
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the bot asks of GitHub, what the admin's commands ask, and a few more that a user of this stand-in would expect. */
const operationIds = new Set([
  'apps/create-from-manifest',
  'apps/create-installation-access-token',
  'apps/get-authenticated',
  'apps/get-installation',
  'apps/get-webhook-config-for-app',
  'apps/get-webhook-delivery',
  'apps/list-installations',
  'apps/list-repos-accessible-to-installation',
  'apps/list-webhook-deliveries',
  'apps/redeliver-webhook-delivery',
  'checks/create',
  'checks/list-for-ref',
  'checks/update',
  'issues/create-comment',
  'issues/get-comment',
  'issues/list-comments',
  'issues/update-comment',
  'pulls/get',
  'rate-limit/get',
  'reactions/create-for-issue-comment',
  'reactions/list-for-issue-comment',
  'repos/create-commit-status',
  'repos/get',
]);

const webhooks = [
  'check-run-rerequested',
  'check-suite-rerequested',
  'installation-created',
  'issue-comment-created',
  'issue-comment-deleted',
  'issue-comment-edited',
  'ping',
  'pull-request-closed',
  'pull-request-labeled',
  'pull-request-opened',
  'pull-request-reopened',
  'pull-request-synchronize',
  'pull-request-unlabeled',
];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const source: JsonObject = JSON.parse(await readFile(process.argv[2] ?? 'api.github.com.json', 'utf8'));
const wanted = new Map<string, Json>();

const extract = {
  openapi: source.openapi ?? null,
  info: source.info ?? null,
  paths: extractPaths(object(source.paths)),
  webhooks: Object.fromEntries(webhooks.map((name) => [name, payloadSchema(name)])),
  components: { schemas: Object.fromEntries([...wanted].sort(([a], [b]) => a.localeCompare(b))) },
};
await writeFile(join(import.meta.dirname, 'openapi.json'), oneLinePerEntry(extract));

function extractPaths(paths: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(paths).flatMap(([path, methods]) => {
      const kept = Object.entries(object(methods)).filter(([, operation]) => operationIds.has(idOf(operation)));
      return kept.length === 0
        ? []
        : [[path, Object.fromEntries(kept.map(([m, o]) => [m, extractOperation(object(o))]))]];
    }),
  );
}

function idOf(operation: Json): string {
  return String(object(operation).operationId);
}

function extractOperation(operation: JsonObject): JsonObject {
  const parameters = Array.isArray(operation.parameters) ? operation.parameters : [];
  const responses = Object.entries(object(operation.responses ?? {}));
  return {
    operationId: idOf(operation),
    parameters: parameters.map((parameter) => {
      const { name, in: place, required, schema } = resolve(parameter);
      return { name: name ?? '', in: place ?? '', required: required ?? false, schema: plainSchema(schema ?? {}) };
    }),
    ...(operation.requestBody === undefined ? {} : { requestBody: withContent(operation.requestBody) }),
    responses: Object.fromEntries(responses.map(([status, response]) => [status, withContent(response)])),
  };
}

function withContent(thing: Json): JsonObject {
  const { required, content } = resolve(thing);
  const json = content === undefined ? undefined : object(content)['application/json'];
  return {
    ...(required === undefined ? {} : { required }),
    ...(json === undefined
      ? {}
      : { content: { 'application/json': { schema: plainSchema(object(json).schema ?? {}) } } }),
  };
}

function payloadSchema(name: string): Json {
  const event = object(object(source['x-webhooks'] ?? {})[name] ?? {});
  return withContent(object(event.post ?? {}).requestBody ?? {});
}

/** A schema of OpenAPI 3.0 as plain JSON Schema: `nullable` becomes the type null, what only documents is left out. */
function plainSchema(schema: Json): Json {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return schema;
  if (typeof schema.$ref === 'string') return keep(schema.$ref);
  // Where the description repeats this component it wants the account to be a user and an enterprise at once.
  if (schema.title === 'Installation') return keep('#/components/schemas/installation');
  const plain: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (['properties', 'patternProperties'].includes(keyword)) {
      plain[keyword] = Object.fromEntries(
        Object.entries(object(value)).map(([name, inner]) => [name, plainSchema(inner)]),
      );
    } else if (['allOf', 'anyOf', 'oneOf'].includes(keyword) && Array.isArray(value)) {
      plain[keyword] = value.map(plainSchema);
    } else if (['items', 'additionalProperties', 'not'].includes(keyword)) {
      plain[keyword] = plainSchema(value);
    } else if (
      !/^(title|description|example|examples|externalDocs|deprecated|default|nullable|readOnly|writeOnly|x-.*)$/.test(
        keyword,
      )
    ) {
      plain[keyword] = value;
    }
  }
  if (schema.nullable !== true) return plain;
  if (typeof plain.type !== 'string') return { anyOf: [plain, { type: 'null' }] };
  return {
    ...plain,
    type: [plain.type, 'null'],
    ...(Array.isArray(plain.enum) ? { enum: [...plain.enum, null] } : {}),
  };
}

/** Takes a component, and what it refers to, into the extract. */
function keep(reference: string): Json {
  const name = reference.replace('#/components/schemas/', '');
  if (!wanted.has(name)) {
    wanted.set(name, null);
    const { title: _, ...schema } = resolve({ $ref: reference });
    wanted.set(name, plainSchema(schema));
  }
  return { $ref: reference };
}

function resolve(thing: Json): JsonObject {
  const reference = object(thing).$ref;
  if (typeof reference !== 'string') return object(thing);
  const target = reference
    .slice(2)
    .split('/')
    .reduce<Json>((inside, key) => object(inside)[key] ?? null, source);
  return resolve(target);
}

function object(value: Json | undefined): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Error(`GitHub's description has changed: an object was expected where it says ${JSON.stringify(value)}.`);
  }
  return value;
}

/** Compact, but a changed schema is a changed line. */
function oneLinePerEntry(document: typeof extract): string {
  const { schemas } = document.components;
  const lines = (entries: JsonObject) =>
    Object.entries(entries)
      .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .join(',\n');
  return `{"openapi":${JSON.stringify(document.openapi)},"info":${JSON.stringify(document.info)},
"paths":{
${lines(document.paths)}},
"webhooks":{
${lines(document.webhooks)}},
"components":{"schemas":{
${lines(schemas)}}}}
`;
}

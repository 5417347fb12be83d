import examples from '@octokit/webhooks-examples' with { type: 'json' };

export type JsonObject = Record<string, unknown>;

// The package's types are those of a module with a default export; what JSON gives is the list itself.
const definitions = examples as unknown as readonly {
  readonly name: string;
  readonly examples: readonly JsonObject[];
}[];

/** GitHub's own example of a webhook's body: the fullest that was sent to an App. Never to be changed in place. */
export function examplePayload(event: string, action: string | undefined): JsonObject {
  const ofEvent = definitions.find(({ name }) => name === event)?.examples ?? [];
  const ofAction = ofEvent.filter((example) => example['action'] === action);
  const example = ofAction.find((candidate) => 'installation' in candidate) ?? ofAction.at(-1);
  if (example === undefined) throw new Error(`GitHub's examples have no webhook ${event} with action ${action}.`);
  return example;
}

import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { StoreAnswer } from './store-answer.ts';

const answers = new WeakMap<object, StoreAnswer>();
const longestBody = 64 * 1024;

/** The answer behind an error of the AWS SDK; undefined: there was none. */
export function answerOf(error: unknown): StoreAnswer | undefined {
  let current = error;
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    const answer = answers.get(current);
    if (answer !== undefined) return answer;
    current = Reflect.get(current, 'cause');
  }
  return undefined;
}

/**
 * Keeps each answer that is not a success for {@link answerOf}, unchanged: the SDK understands only S3's XML, and hides a proxy's page.
 * The SDK retries what `passes`.
 */
export function keepAnswers(client: S3Client, passes: (answer: StoreAnswer) => boolean): void {
  client.middlewareStack.addRelativeTo(
    <A extends Exchange, R extends Exchange>(next: Next<A, R>, context: Context): Next<A, R> =>
      async (args) => {
        const result = await next(args);
        const response = result.response;
        if (!isResponse(response)) return result;
        const isPage = /^text\/html/.test(response.headers['content-type'] ?? '') && isWrite(args.request);
        if (response.statusCode < 300 && !isPage) return result;
        const body = await beginning(response.body);
        response.body = Readable.from([body]);
        const { statusCode: status, reason = '', headers } = response;
        context['storeAnswer'] = { status, reason, headers, body: body.toString('utf8') } satisfies StoreAnswer;
        if (response.statusCode < 300) throw new Error('a web page instead of an answer of a store');
        return result;
      },
    { name: 'readAnswer', relation: 'after', toMiddleware: 'deserializerMiddleware' },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      context['storeAnswer'] = undefined;
      try {
        return await next(args);
      } catch (error) {
        const answer = context['storeAnswer'] as StoreAnswer | undefined;
        if (answer !== undefined && typeof error === 'object' && error !== null) {
          answers.set(error, answer);
          if (passes(answer)) Object.assign(error, { $retryable: {} });
        }
        throw error;
      }
    },
    { name: 'keepAnswer', step: 'deserialize', priority: 'high' },
  );
}

type Exchange = { request?: unknown; response?: unknown };
type Next<A, R> = (args: A) => Promise<R>;
type Context = Record<string, unknown>;

interface Response {
  readonly statusCode: number;
  readonly reason?: string;
  readonly headers: Record<string, string>;
  body: AsyncIterable<Uint8Array> | undefined;
}

function isResponse(response: unknown): response is Response {
  return typeof response === 'object' && response !== null && 'statusCode' in response && 'headers' in response;
}

function isWrite(request: unknown): boolean {
  if (typeof request !== 'object' || request === null) return false;
  const method: unknown = Reflect.get(request, 'method');
  return method === 'PUT' || method === 'POST';
}

async function beginning(body: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= longestBody) break;
  }
  return Buffer.concat(chunks).subarray(0, longestBody);
}

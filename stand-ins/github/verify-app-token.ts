import { type KeyObject, verify } from 'node:crypto';

/** What GitHub says of a wrong App token, and with which status. */
interface AppTokenProblem {
  readonly status: 401 | 404;
  readonly message: string;
}

/** Checks the JWT with which an App says who it is; undefined if it is right. */
export function verifyAppToken(
  token: string,
  appId: number,
  publicKey: KeyObject,
  now: Date,
): AppTokenProblem | undefined {
  const [head = '', claims = '', signature = ''] = token.split('.');
  const header = decode(head);
  const said = decode(claims);
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${claims}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (header?.['alg'] !== 'RS256' || said === undefined || !isSigned) {
    return { status: 401, message: 'A JSON web token could not be decoded' };
  }
  const nowSeconds = now.getTime() / 1000;
  const { iat, exp, iss } = said;
  if (typeof exp !== 'number' || exp <= nowSeconds) {
    const rule = 'must be a numeric value representing the future time at which the assertion expires';
    return { status: 401, message: `'Expiration time' claim ('exp') ${rule}` };
  }
  if (typeof iat !== 'number' || iat > nowSeconds + 60) {
    const rule = 'must be an Integer representing the time that the assertion was issued';
    return { status: 401, message: `'Issued at' claim ('iat') ${rule}` };
  }
  if (exp > nowSeconds + 11 * 60)
    return { status: 401, message: "'Expiration time' claim ('exp') is too far in the future" };
  return String(iss) === String(appId) ? undefined : { status: 404, message: 'Integration not found' };
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined; // no JSON: no token
  }
}

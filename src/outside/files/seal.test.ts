import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { Seal, sealOf, withoutSeal } from './seal.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const pem = (type: 'pkcs1' | 'pkcs8') => rsa.export({ type, format: 'pem' }).toString();
const seal = Seal.ofPrivateKey(pem('pkcs1'));
const another = Seal.ofPrivateKey(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);
const order = '{\n  "version": 1,\n  "kind": "deploy"\n}\n';
const sealed = seal.close('order', '1_g-1.json', order);
const mac = sealOf(sealed) ?? '';

it.each`
  what                     | text
  ${'on several lines'}    | ${order}
  ${'on one line'}         | ${'{"a":1}'}
  ${'with another’s seal'} | ${'{"a":1,"seal":"x"}'}
  ${'of any writing'}      | ${'{"a":"\\u0000 ü 😀 \\n"}'}
`('what is sealed stays JSON, and is opened as it was: $what', ({ text }) => {
  const closed = seal.close('plan', 'g-1.json', text);
  expect(JSON.parse(closed)).toEqual({ ...JSON.parse(text), seal: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const opened = seal.open('plan', 'g-1.json', closed);
  expect(opened.kind === 'text' && JSON.parse(opened.text)).toEqual(JSON.parse(text));
  expect(JSON.parse(withoutSeal(closed))).toEqual(JSON.parse(text));
  expect(seal.closeBytes('plan', 'g-1.json', text)).toEqual(Buffer.from(closed));
});

it('however the same key is written down, the seal is the same', () => {
  for (const text of [pem('pkcs8'), pem('pkcs1').replaceAll('\n', '\r\n'), `${pem('pkcs8')}\n\n`])
    expect(Seal.ofPrivateKey(text).open('order', '1_g-1.json', sealed).kind).toBe('text');
});

const wrong = /^has a seal that is not of this text in this place: /;
const none = /^has no seal: /;
it.each`
  what                                  | text                                                                               | why
  ${'another word'}                     | ${sealed.replace('deploy', 'Deploy')}                                              | ${wrong}
  ${'one space more'}                   | ${sealed.replace('": 1', '":  1')}                                                 | ${wrong}
  ${'one member more'}                  | ${sealed.replace('{', '{"by": "mallory",')}                                        | ${wrong}
  ${'another digit of the seal'} | ${sealed.replace(mac, mac.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0')))} | ${wrong}
  ${'a seal of zeros'}                  | ${sealed.replace(mac, '0'.repeat(64))}                                             | ${wrong}
  ${'the seal of another key'}          | ${another.close('order', '1_g-1.json', order)}                                     | ${wrong}
  ${'another one’s seal behind ours'}   | ${another.close('order', '1_g-1.json', sealed)}                                    | ${wrong}
  ${'the seal of something else'}       | ${sealed.replace(mac, sealOf(seal.close('order', '1_g-1.json', '{"a":1}')) ?? '')} | ${wrong}
  ${'no seal'}                          | ${order}                                                                           | ${none}
  ${'a seal that is not the last word'} | ${sealed.replace(/\}\n$/, ', "kind": "clean-up"}\n')}                              | ${none}
  ${'a seal in capitals'}               | ${sealed.replace(mac, mac.toUpperCase().replace(/^./, 'F'))}                       | ${none}
  ${'a seal that is too short'}         | ${sealed.replace(mac, mac.slice(1))}                                               | ${none}
  ${'half of it'}                       | ${sealed.slice(0, 20)}                                                             | ${/^is not JSON: /}
  ${'nothing'}                          | ${''}                                                                              | ${/^is not JSON: /}
  ${'a list'}                           | ${'[1]'}                                                                           | ${none}
`('is refused: $what', ({ text, why }) => {
  expect(seal.open('order', '1_g-1.json', text)).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
});

it.each`
  what                                       | kind            | place
  ${'under another name'}                    | ${'order'}      | ${'2_g-1.json'}
  ${'as a file of another kind'}             | ${'delivery'}   | ${'1_g-1.json'}
  ${'where kind and place are cut elsewise'} | ${'order","1_'} | ${'g-1.json'}
`('is refused $what', ({ kind, place }) => {
  expect(seal.open(kind, place, sealed)).toMatchObject({ kind: 'refused', why: expect.stringMatching(wrong) });
});

it.each(['', 'x', '[]', '{}', '{ }', 'null', '{"a":1'])('what is no object with members is not sealed: %j', (text) => {
  expect(() => seal.close('order', 'x', text)).toThrow(
    'a text that is no JSON object with members cannot be sealed as order',
  );
});

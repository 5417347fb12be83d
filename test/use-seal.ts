import { generateKeyPairSync } from 'node:crypto';
import { Seal, useSeal } from '../src/outside/files/seal.ts';

// Tests read and write the daemons' files in their own process: each file of tests with a key of its own.

useSeal(
  Seal.ofPrivateKey(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
);

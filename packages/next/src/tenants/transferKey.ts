// The key pair of who receives a tenant: an elliptic curve key on P-256 in PEM, as `authpipe keygen --transfer` and OpenSSL write it.
import { createError } from '@authpipe/core'
import { calculateJwkThumbprint } from 'jose'
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** One half of a key pair. */
export interface TransferKey {
  readonly key: KeyObject
  /** Names the pair: the thumbprint of its public half (RFC 7638). */
  readonly kid: string
}

const howToMakeOne = 'Make a pair with: npx authpipe keygen --transfer'

/**
 * Reads the public key of who shall receive a tenant.
 *
 * @throws {AuthpipeError} `invalid_request` for anything else, a private key too: it is not to travel
 */
export async function parsePublicKey(pem: string): Promise<TransferKey> {
  if (isPrivate(pem)) {
    throw createError('invalid_request', 'The recipient is a private key, and whoever has seen it could read the file. Have a new pair made, and only its public key sent.')
  }
  return parseKey(createPublicKey, pem, 'recipient', 'public')
}

/** @throws {AuthpipeError} `invalid_request` */
export async function parsePrivateKey(pem: string): Promise<TransferKey> {
  if (typeof pem === 'string' && !isPrivate(pem)) throw notAKey('key', 'private')
  return parseKey(createPrivateKey, pem, 'key', 'private')
}

const isPrivate = (pem: string): boolean => typeof pem === 'string' && pem.includes('PRIVATE KEY-----')

async function parseKey(read: (pem: string) => KeyObject, pem: string, name: string, half: string): Promise<TransferKey> {
  let key: KeyObject | undefined
  try {
    key = read(pem)
  } catch {
    // Its error may quote what it could not read.
  }
  if (key?.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw notAKey(name, half)
  return { key, kid: await calculateJwkThumbprint(key) }
}

const notAKey = (name: string, half: string): Error => createError('invalid_request', `The ${name} is not a ${half} key on the curve P-256, in PEM. ${howToMakeOne}`)

// The one file that a tenant travels in: a compact JWE (RFC 7516) for the public key of who receives it.
import { createError } from '@authpipe/core'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import type { TransferKey } from './transferKey.ts'

const type = 'authpipe-tenant+jwe'
const formatVersion = 1
/** Key agreement with a new key for each file, and AES (RFC 7518 §4.6, §5.3). */
const algorithms = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM' } as const

/** Encrypts for the holder of the private key alone. */
export function sealTenantFile(contents: Uint8Array, { key, kid }: TransferKey): Promise<string> {
  return new CompactEncrypt(contents).setProtectedHeader({ ...algorithms, typ: type, version: formatVersion, kid }).encrypt(key)
}

/**
 * Decrypts a file, all of it or nothing.
 *
 * @throws {AuthpipeError} `invalid_request` for what is no such file, or one of another version; `encryption_key_unavailable` for one that
 * is encrypted for another key; `credential_undecryptable` for one that was cut or changed
 */
export async function openTenantFile(file: string, { key, kid }: TransferKey): Promise<Uint8Array> {
  const text = typeof file === 'string' ? file.trim() : ''
  const { typ, version, kid: recipient } = readHeader(text)
  if (typ !== type) throw createError('invalid_request', 'This is no file that exportTenant made, or its beginning was changed. Nothing was written.')
  if (typeof version !== 'number' || typeof recipient !== 'string' || !isCanonical(text)) throw changed()
  if (version !== formatVersion) {
    throw createError('invalid_request', `The file has format version ${version}, and this @authpipe/next reads ${formatVersion}: use the one that wrote it. Nothing was written.`)
  }
  if (recipient !== kid) {
    const problem = 'The file is encrypted for another key. Give the private key of the pair whose public key it was exported for. Nothing was written.'
    throw createError('encryption_key_unavailable', problem, { details: { kid } })
  }
  try {
    const { alg, enc } = algorithms
    // One that is compressed is not ours, and could unfold to any size.
    return (await compactDecrypt(text, key, { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc], maxDecompressedLength: 0 })).plaintext
  } catch {
    // Whatever it is, it is the file: a changed key in its header is an error of the platform's.
    throw changed()
  }
}

function readHeader(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...decodeProtectedHeader({ protected: text.slice(0, text.indexOf('.')) }) }
  } catch {
    return {}
  }
}

/** The last character of each part has bits that mean nothing, and would let a changed file pass for the one that was made. */
function isCanonical(text: string): boolean {
  return text.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)
}

const changed = (): Error => createError('credential_undecryptable', 'The file was cut or changed on its way. Copy it again, or export again. Nothing was written.')

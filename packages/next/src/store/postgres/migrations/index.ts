import { initial } from './0001Initial.ts'
import { eventRevision } from './0002EventRevision.ts'
import { credentialReads } from './0003CredentialReads.ts'

/** Every schema change in order; the position of a change, counted from one, is the schema version that it leads to. */
export const migrations: readonly string[] = [initial, eventRevision, credentialReads]

import { initial } from './0001Initial.ts'
import { webhooks } from './0002Webhooks.ts'
import { coordination } from './0003Coordination.ts'
import { eventRevision } from './0004EventRevision.ts'
import { credentialReads } from './0005CredentialReads.ts'

/** Every schema change in order; the position of a change, counted from one, is the schema version that it leads to. */
export const migrations: readonly string[] = [initial, webhooks, coordination, eventRevision, credentialReads]
